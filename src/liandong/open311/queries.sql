-- name: request_of_token
-- $1: the token's key, $2: actor.
SELECT o.number FROM requests r JOIN orders o ON o.id = r.order_id WHERE r.actor = $2 AND r.key = $1

-- name: listed
-- Requests that were handed in by Open311, newest first. Those of `$1` are whole, those of others only where they are public.
-- $1: actor or null for nobody, $2: from, $3: until, $4: statuses or null, $5: classes or null, $6: updated after or null,
-- $7: updated before or null, $8: limit, $9: offset, $10: others' too.
SELECT o.id, o.number, o.status, o.class_intake, o.class_confirmed, o.content, o.unit, o.created_at, o.updated_at, o.incident,
       o.confidential, o.type, r.actor, (SELECT t.due_at FROM timers t WHERE t.order_id = o.id AND t.name = 'answer') AS due_at
FROM requests r JOIN orders o ON o.id = r.order_id
WHERE r.key LIKE 'open311:%' AND r.at >= $2 AND r.at < $3 AND o.number IS NOT NULL
  AND (r.actor = $1 OR ($10 AND NOT o.confidential AND o.type IS DISTINCT FROM 'report' AND o.exercise = 'actual'))
  AND ($4::text[] IS NULL OR o.status = ANY ($4)) AND ($5::text[] IS NULL OR coalesce(o.class_confirmed, o.class_intake) = ANY ($5))
  AND ($6::timestamptz IS NULL OR o.updated_at >= $6) AND ($7::timestamptz IS NULL OR o.updated_at < $7)
ORDER BY r.at DESC, r.order_id DESC LIMIT $8 OFFSET $9

-- name: numbered
-- As `listed`, by numbers. $1: actor or null, $2: numbers, $3: others' too.
SELECT o.id, o.number, o.status, o.class_intake, o.class_confirmed, o.content, o.unit, o.created_at, o.updated_at, o.incident,
       o.confidential, o.type, r.actor, (SELECT t.due_at FROM timers t WHERE t.order_id = o.id AND t.name = 'answer') AS due_at
FROM orders o JOIN requests r ON r.order_id = o.id AND r.key LIKE 'open311:%'
WHERE o.number = ANY ($2::text[])
  AND (r.actor = $1 OR ($3 AND NOT o.confidential AND o.type IS DISTINCT FROM 'report' AND o.exercise = 'actual'))
ORDER BY o.id DESC LIMIT 200

-- name: updates
-- What happened to such requests, oldest first. $1: actor or null, $2: requests that were handed in from then on, $3: from, $4: until, $5: kinds, $6: limit, $7: others' too.
SELECT e.id, o.number, e.status, e.at, e.kind, r.actor, e.body
FROM requests r JOIN orders o ON o.id = r.order_id JOIN events e ON e.order_id = o.id
WHERE r.key LIKE 'open311:%' AND r.at >= $2 AND o.updated_at >= $3 AND e.at >= $3 AND e.at < $4 AND e.kind = ANY ($5::text[])
  AND (r.actor = $1 OR ($7 AND NOT o.confidential AND o.type IS DISTINCT FROM 'report' AND o.exercise = 'actual'))
ORDER BY e.at, e.id LIMIT $6
