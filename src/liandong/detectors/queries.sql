-- name: cases
-- What the detectors look at, of orders that have come to a result. $1: orders.
SELECT o.id AS order_id, o.round, o.kind, coalesce(d.unit, o.unit, '') AS unit, o.title, o.content, coalesce(o.answer, '') AS answer,
       coalesce(o.closing, '') AS closing, o.danger, coalesce(o.facts->'overruled', '[]') AS overruled, o.level, o.class_intake, o.class_confirmed,
       coalesce((o.incident->>'injured')::integer, 0) AS injured, coalesce((o.incident->>'dead')::integer, 0) AS dead, o.solved, o.satisfaction,
       (SELECT count(*) FROM attachments a WHERE a.order_id = o.id AND a.added_at >= o.accepted_at) AS files,
       d.dispatched_at, d.handled_at, o.closed_at,
       (SELECT m.due_at FROM timers m WHERE m.order_id = o.id AND m.name = 'answer') AS answer_due,
       d.returns, e.steps
FROM orders o
LEFT JOIN LATERAL (
    SELECT (array_agg(s.unit ORDER BY s.no DESC))[1] AS unit, (array_agg(s.dispatched_at ORDER BY s.no DESC))[1] AS dispatched_at,
           (array_agg(s.fed_back_at ORDER BY s.no DESC))[1] AS handled_at,
           jsonb_agg(jsonb_build_object('unit', s.unit, 'reason', s.return_reason, 'basis', s.return_basis, 'text', s.return_text) ORDER BY s.no)
               FILTER (WHERE s.returned_at IS NOT NULL) AS returns
    FROM dispatches s WHERE s.order_id = o.id) AS d ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('kind', v.kind, 'at', v.at, 'actor', v.actor, 'role', v.role) ORDER BY v.seq) AS steps
    FROM events v WHERE v.order_id = o.id AND v.seq > coalesce((SELECT max(r.seq) FROM events r WHERE r.order_id = o.id AND r.kind = 'order.reopened'), 0)
    AND v.kind IN ('order.answered', 'order.fed_back', 'order.closed', 'order.called_back', 'order.evaluated')) AS e ON true
WHERE o.id = ANY ($1::uuid[]) AND o.exercise = 'actual' AND o.accepted_at IS NOT NULL

-- name: answers_near
-- The unit's answers just before, to other orders; they must have been read by the assessment. $1: unit, $2: order, $3: before, $4: limit.
SELECT a.order_id, o.number, o.content, o.answer FROM assessed_orders a JOIN orders o ON o.id = a.order_id
WHERE a.unit = $1 AND a.handled_at < $3 AND a.order_id <> $2 AND o.answer IS NOT NULL ORDER BY a.handled_at DESC LIMIT $4

-- name: raise_flags
-- $1: ids, $2: detectors, $3: orders, $4: rounds, $5: units, $6: scores, $7: thresholds, $8: evidence, $9: now. Each round of an order once.
INSERT INTO flags (id, detector, order_id, round, unit, score, threshold, evidence, raised_at)
SELECT f.id, f.detector, f.order_id, f.round, f.unit, f.score, f.threshold, f.evidence::jsonb, $9::timestamptz
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::smallint[], $5::text[], $6::float8[], $7::float8[], $8::text[])
    AS f (id, detector, order_id, round, unit, score, threshold, evidence)
ON CONFLICT (order_id, detector, round) DO NOTHING RETURNING id

-- name: list_flags
-- Newest first. $1: status or null, $2: detector or null, $3: before this id or null, $4: limit.
SELECT f.*, o.number FROM flags f JOIN orders o ON o.id = f.order_id
WHERE ($1::text IS NULL OR f.status = $1) AND ($2::text IS NULL OR f.detector = $2) AND ($3::uuid IS NULL OR f.id < $3)
ORDER BY f.id DESC LIMIT $4

-- name: decide_flag
-- $1: flag, $2: status, $3: who, $4: now, $5: why.
UPDATE flags f SET status = $2, decided_by = $3, decided_at = $4, reason = $5
FROM orders o WHERE f.id = $1 AND f.status = 'open' AND o.id = f.order_id RETURNING f.*, o.number

-- name: flag_known
SELECT status FROM flags WHERE id = $1

-- name: thresholds
-- Where each threshold lies now.
SELECT DISTINCT ON (detector) detector, value, since FROM thresholds ORDER BY detector, id DESC

-- name: decided_since
-- The last decisions on flags raised since the threshold was set. $1: detector, $2: since, $3: limit.
SELECT status FROM flags WHERE detector = $1 AND decided_at IS NOT NULL AND raised_at >= $2 ORDER BY decided_at DESC LIMIT $3

-- name: move_threshold
-- $1: detector, $2: value, $3: now, $4: why.
INSERT INTO thresholds (detector, value, since, because) VALUES ($1, $2, $3, $4)

-- name: history
-- $1: detector, $2: limit.
SELECT value, since, because FROM thresholds WHERE detector = $1 ORDER BY id DESC LIMIT $2

-- name: results_between
-- Orders whose results came in a time, by id. $1: from, $2: to, $3: after this id, $4: limit.
SELECT order_id FROM assessed_orders WHERE taken_at >= $1 AND taken_at < $2 AND order_id > $3 ORDER BY order_id LIMIT $4
