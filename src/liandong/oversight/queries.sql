-- name: newly_overdue
-- Rounds whose deadline has passed without a reply and that nobody was told of. $1: now.
WITH late AS (
    SELECT s.order_id, s.no, s.due_at, s.number, s.authority FROM oversights s
    WHERE s.status = 'open' AND s.due_at < $1
      AND NOT EXISTS (SELECT FROM oversight_alarms a WHERE a.order_id = s.order_id AND a.no = s.no AND a.due_at = s.due_at)
    ORDER BY s.due_at LIMIT 200
),
told AS (
    INSERT INTO oversight_alarms (order_id, no, due_at) SELECT order_id, no, due_at FROM late
    ON CONFLICT DO NOTHING RETURNING order_id, no
)
SELECT l.order_id, l.number, l.authority FROM late l JOIN told t ON t.order_id = l.order_id AND t.no = l.no

-- name: add_measure
-- $1 … $15: in the order of the columns.
INSERT INTO measures (id, number, kind, status, version, unit, person, reason, basis, evidence, orders, attachments, oversight, proposed_by, proposed_at)
VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING *

-- name: add_step
-- $1: measure, $2: version, $3: step, $4: at, $5: actor, $6: text.
INSERT INTO measure_steps (measure_id, version, step, at, actor, text) VALUES ($1, $2, $3, $4, $5, $6)

-- name: next_number
-- $1: scope.
INSERT INTO counters AS t (scope, last) VALUES ($1, 1) ON CONFLICT (scope) DO UPDATE SET last = t.last + 1 RETURNING last

-- name: measure_for_update
SELECT * FROM measures WHERE id = $1 FOR UPDATE

-- name: measure
-- By its id or its number. $1: uuid or null, $2: number.
SELECT * FROM measures WHERE id = $1 OR number = $2

-- name: write_measure
-- $1: id, $2: version, $3: status, $4: decided_by, $5: decided_at, $6: appeal_until, $7: appealed_by, $8: appealed_at, $9: appeal, $10: judged_by, $11: judged_at, $12: done_at.
UPDATE measures SET version = $2, status = $3, decided_by = $4, decided_at = $5, appeal_until = $6, appealed_by = $7, appealed_at = $8, appeal = $9,
    judged_by = $10, judged_at = $11, done_at = $12 WHERE id = $1 RETURNING *

-- name: steps_of
SELECT version, step, at, actor, text FROM measure_steps WHERE measure_id = $1 ORDER BY version

-- name: known_orders
-- $1: numbers.
SELECT number FROM orders WHERE number = ANY ($1::text[])

-- name: confidential_orders
-- Of these, those whose caller is hidden from units. $1: numbers.
SELECT id, number FROM orders WHERE number = ANY ($1::text[]) AND confidential

-- name: outstanding
-- Units by what callers said of them, in a time. $1: from, $2: to (both with), $3: evaluations at least, $4: share satisfied at least, $5: limit.
SELECT e.unit, count(*) AS evaluations, count(*) FILTER (WHERE e.mapped = 'satisfied') AS satisfied,
       (array_agg(e.number ORDER BY e.satisfaction DESC, e.at DESC) FILTER (WHERE e.mapped = 'satisfied'))[1:10] AS orders
FROM evaluations e WHERE e.at >= $1 AND e.at <= $2 AND e.unit IS NOT NULL AND e.exercise = 'actual'
  AND NOT EXISTS (SELECT FROM evaluation_flags f WHERE f.status <> 'dismissed' AND f.last_at >= $1 AND e.number = ANY (f.orders))
GROUP BY e.unit HAVING count(*) >= $3 AND count(*) FILTER (WHERE e.mapped = 'satisfied') >= $4::float8 * count(*)
ORDER BY satisfied DESC, e.unit LIMIT $5
