-- name: orders
-- Orders that were taken in from one id (which is ordered by time) to another. $1: from, $2: before.
SELECT id, matter_id, number, kind, status, first_receiver, origin, exercise, channel, type, class_intake, class_confirmed, level, urgent, danger,
       confidential, division_code, unit, title, content, incident, caller, answer, feedback->>'result' AS result, satisfaction, solved, call_backs, round,
       bounces, repeats, created_at, accepted_at, dispatched_at, signed_at, arrived_at, answered_at, closed_at, called_back_at, evaluated_at, updated_at
FROM orders WHERE id >= $1 AND id < $2 ORDER BY id

-- name: events
-- The ledger of the same orders, without its bodies. $1: from, $2: before.
SELECT order_id, seq, kind, status, at, role, txid::text || '-' || position AS cursor, encode(hash, 'hex') AS hash
FROM events WHERE order_id >= $1 AND order_id < $2 ORDER BY order_id, seq
