-- name: claim_due
-- Clocks that have run out and that nobody else is carrying out just now. $1: now, $2: claimed until, $3: limit.
UPDATE timers t SET claimed_until = $2
FROM (SELECT order_id, name FROM timers
      WHERE status = 'running' AND due_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
      ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
WHERE t.order_id = due.order_id AND t.name = due.name
RETURNING t.order_id, t.name

-- name: renew_claims
-- Clocks that are still being carried out. $1: orders, $2: names, $3: claimed until.
UPDATE timers t SET claimed_until = $3
FROM unnest($1::uuid[], $2::text[]) AS held (order_id, name)
WHERE t.order_id = held.order_id AND t.name = held.name AND t.status = 'running' AND t.claimed_until IS NOT NULL

-- name: late_count
-- Clocks that should have fired and have not. $1: now.
SELECT count(*) FROM timers WHERE status = 'running' AND due_at <= $1
