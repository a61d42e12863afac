-- name: outbox_of
-- $1: status, $2: peer or null, $3: before this id or null, $4: limit. Delivered ones are long over and not listed here.
SELECT id, peer, matter_id, order_id, seq, kind, urgent, status, attempts, created_at, next_attempt_at, last_error
FROM outbox WHERE status = $1 AND ($2::text IS NULL OR peer = $2) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4

-- name: begin_check
-- One at a time: nobody can begin while another one goes on. $1: id, $2: by, $3: now, $4: alive since.
INSERT INTO ledger_checks (id, asked_by, started_at, seen_at, estimate)
SELECT $1, $2, $3, $3, greatest((SELECT reltuples::bigint FROM pg_class WHERE oid = 'events'::regclass), 0)
WHERE NOT EXISTS (SELECT FROM ledger_checks WHERE finished_at IS NULL AND seen_at > $4) RETURNING *

-- name: progress
-- $1: id, $2: now, $3: events.
UPDATE ledger_checks SET seen_at = $2, events = $3 WHERE id = $1

-- name: end_check
-- $1: id, $2: now, $3: events, $4: orders, $5: broken or null, $6: error or null.
UPDATE ledger_checks SET seen_at = $2, finished_at = $2, events = $3, orders = $4, broken = $5, error = $6 WHERE id = $1

-- name: last_checks
SELECT * FROM ledger_checks ORDER BY started_at DESC LIMIT $1
