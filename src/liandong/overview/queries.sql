-- name: by_status
-- Open orders, from the index of statuses alone. $1: open statuses.
SELECT status, count(*) AS count FROM orders WHERE status = ANY ($1::text[]) AND /* within: division_code */ TRUE GROUP BY status

-- name: in_danger
-- $1: open statuses.
SELECT count(*) FROM orders WHERE danger AND status = ANY ($1::text[]) AND /* within: division_code */ TRUE

-- name: asked
SELECT count(DISTINCT order_id) FROM transfers WHERE direction = 'in' AND status IN ('offered', 'negotiating') AND /* within order: transfers.order_id */ TRUE

-- name: risk_count
-- $1: now, $2: until, $3: clocks.
SELECT count(*) FROM timers WHERE status = 'running' AND due_at > $1 AND due_at <= $2 AND name = ANY ($3::text[]) AND /* within order: timers.order_id */ TRUE

-- name: days
-- What was taken in today and in the same hours of yesterday, by district and class: a range of the primary key, which goes by time.
-- $1: first id of yesterday, $2: of yesterday at this hour, $3: of today.
SELECT coalesce(left(division_code, 6), '') AS district, coalesce(class_confirmed, class_intake, '') AS class, id >= $3 AS today,
       count(*) AS count, count(*) FILTER (WHERE danger) AS danger
FROM orders WHERE id >= $1 AND (id < $2 OR id >= $3) AND exercise = 'actual' AND /* within: division_code */ TRUE GROUP BY 1, 2, 3

-- name: flows
-- $1: since.
SELECT peer, direction, status, count(*) AS count FROM transfers WHERE offered_at >= $1 AND /* within order: transfers.order_id */ TRUE GROUP BY peer, direction, status ORDER BY peer, direction, status

-- name: at_risk
-- Clocks that are due next, soonest first. $1: now, $2: until, $3: clocks, $4: after this moment, $5: and this order, $6: limit.
SELECT o.id AS order_id, o.number, coalesce(nullif(o.title, ''), left(o.content, 60)) AS title, o.kind, o.status, o.unit, o.division_code, o.danger, o.urgent, o.created_at, t.name AS clock, t.due_at
FROM timers t JOIN orders o ON o.id = t.order_id
WHERE t.status = 'running' AND t.due_at > $1 AND t.due_at <= $2 AND t.name = ANY ($3::text[]) AND (t.due_at, t.order_id) > ($4, $5::uuid) AND /* within: o.division_code */ TRUE
ORDER BY t.due_at, t.order_id LIMIT $6

-- name: late
-- Deadlines that passed and are not met, the longest first. $1: since, $2: now, $3: clocks, $4: open statuses, $5: the clocks that a moment of
-- the order meets, $6: their moments, $7: after this moment, $8: and this order, $9: limit.
SELECT o.id AS order_id, o.number, coalesce(nullif(o.title, ''), left(o.content, 60)) AS title, o.kind, o.status, o.unit, o.division_code, o.danger, o.urgent, o.created_at, t.name AS clock, t.due_at
FROM timers t JOIN orders o ON o.id = t.order_id LEFT JOIN unnest($5::text[], $6::text[]) AS m (name, moment) ON m.name = t.name
WHERE t.status = 'fired' AND t.due_at >= $1 AND t.due_at <= $2 AND t.name = ANY ($3::text[]) AND o.status = ANY ($4::text[]) AND /* within: o.division_code */ TRUE
  AND CASE m.moment WHEN 'dispatched_at' THEN o.dispatched_at IS NULL WHEN 'signed_at' THEN o.signed_at IS NULL
      WHEN 'answered_at' THEN o.answered_at IS NULL WHEN 'called_back_at' THEN o.called_back_at IS NULL
      WHEN 'arrived_at' THEN o.arrived_at IS NULL ELSE true END
  AND (t.due_at, t.order_id) > ($7, $8::uuid)
ORDER BY t.due_at, t.order_id LIMIT $9

-- name: late_count
-- As `late`. $1: since, $2: now, $3: clocks, $4: open statuses, $5: the clocks that a moment meets, $6: their moments.
SELECT count(*)
FROM timers t JOIN orders o ON o.id = t.order_id LEFT JOIN unnest($5::text[], $6::text[]) AS m (name, moment) ON m.name = t.name
WHERE t.status = 'fired' AND t.due_at >= $1 AND t.due_at <= $2 AND t.name = ANY ($3::text[]) AND o.status = ANY ($4::text[]) AND /* within: o.division_code */ TRUE
  AND CASE m.moment WHEN 'dispatched_at' THEN o.dispatched_at IS NULL WHEN 'signed_at' THEN o.signed_at IS NULL
      WHEN 'answered_at' THEN o.answered_at IS NULL WHEN 'called_back_at' THEN o.called_back_at IS NULL
      WHEN 'arrived_at' THEN o.arrived_at IS NULL ELSE true END

-- name: listed_today
-- Newest first. $1: first id of today, $2: before this id or null, $3: limit.
SELECT id AS order_id, number, coalesce(nullif(title, ''), left(content, 60)) AS title, kind, status, unit, division_code, danger, urgent, created_at FROM orders
WHERE id >= $1 AND ($2::uuid IS NULL OR id < $2) AND exercise = 'actual' AND /* within: division_code */ TRUE ORDER BY id DESC LIMIT $3

-- name: listed_district
-- $1: first id of today, $2: before this id or null, $3: limit, $4: the six digits or empty.
SELECT id AS order_id, number, coalesce(nullif(title, ''), left(content, 60)) AS title, kind, status, unit, division_code, danger, urgent, created_at FROM orders
WHERE id >= $1 AND ($2::uuid IS NULL OR id < $2) AND exercise = 'actual' AND coalesce(left(division_code, 6), '') = $4 AND /* within: division_code */ TRUE ORDER BY id DESC LIMIT $3

-- name: listed_class
-- $1: first id of today, $2: before this id or null, $3: limit, $4: the class or empty.
SELECT id AS order_id, number, coalesce(nullif(title, ''), left(content, 60)) AS title, kind, status, unit, division_code, danger, urgent, created_at FROM orders
WHERE id >= $1 AND ($2::uuid IS NULL OR id < $2) AND exercise = 'actual' AND coalesce(class_confirmed, class_intake, '') = $4 AND /* within: division_code */ TRUE ORDER BY id DESC LIMIT $3

-- name: listed_open
-- Newest first. $1: open statuses, $2: before this id or null, $3: limit.
SELECT o.id AS order_id, o.number, coalesce(nullif(o.title, ''), left(o.content, 60)) AS title, o.kind, o.status, o.unit, o.division_code, o.danger, o.urgent, o.created_at
FROM unnest($1::text[]) AS s (status)
CROSS JOIN LATERAL (SELECT * FROM orders WHERE orders.status = s.status AND /* within: division_code */ TRUE AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3) AS o
ORDER BY o.id DESC LIMIT $3

-- name: listed_danger
-- $1: open statuses, $2: before this id or null, $3: limit.
SELECT id AS order_id, number, coalesce(nullif(title, ''), left(content, 60)) AS title, kind, status, unit, division_code, danger, urgent, created_at FROM orders
WHERE danger AND status = ANY ($1::text[]) AND /* within: division_code */ TRUE AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3

-- name: listed_flow
-- $1: since, $2: before this id or null, $3: limit, $4: peer, $5: direction.
SELECT o.id AS order_id, o.number, coalesce(nullif(o.title, ''), left(o.content, 60)) AS title, o.kind, o.status, o.unit, o.division_code, o.danger, o.urgent, o.created_at FROM orders o
WHERE o.id IN (SELECT order_id FROM transfers WHERE offered_at >= $1 AND peer = $4 AND direction = $5) AND ($2::uuid IS NULL OR o.id < $2) AND /* within: o.division_code */ TRUE
ORDER BY o.id DESC LIMIT $3

-- name: review
-- What waits for a decision of the centre, soonest due first: from an index of such clocks alone. $1: after this moment, $2: and this order, $3: limit.
SELECT o.id AS order_id, o.number, coalesce(nullif(o.title, ''), left(o.content, 60)) AS title, o.kind, o.status, o.unit, o.division_code, o.danger, o.urgent, o.created_at, t.name AS clock, t.due_at
FROM timers t JOIN orders o ON o.id = t.order_id
WHERE t.status = 'running' AND t.name IN ('return_review', 'return_objection', 'extension_review', 'repeat_review', 'accountability_appeal')
  AND (t.due_at, t.order_id) > ($1, $2::uuid) AND /* within: o.division_code */ TRUE
ORDER BY t.due_at, t.order_id LIMIT $3
