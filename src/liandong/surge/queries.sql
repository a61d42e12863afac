-- name: state
SELECT is_on, mode, since, by, reason, load, load_at FROM surge_state

-- name: state_for_update
SELECT is_on, mode, since, by, reason, load, load_at FROM surge_state FOR UPDATE

-- name: write_state
UPDATE surge_state SET is_on = $1, mode = $2, since = $3, by = $4, reason = $5, load = $6, load_at = $7

-- name: add_log
INSERT INTO surge_log (at, is_on, mode, by, reason, load) VALUES ($1, $2, $3, $4, $5, $6)

-- name: log
-- $1: before this line or null, $2: limit.
SELECT id, at, is_on, mode, by, reason, load FROM surge_log WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2

-- name: start
INSERT INTO conversations (id, key, status, channel, caller, turns, failures, offered, started_at, changed_at)
VALUES ($1, $2, 'open', $3, $4, $5, 0, '[]', $6, $6) ON CONFLICT (key) DO NOTHING RETURNING id

-- name: by_key
SELECT * FROM conversations WHERE key = $1

-- name: conversation
SELECT * FROM conversations WHERE id = $1

-- name: conversation_for_update
SELECT * FROM conversations WHERE id = $1 FOR UPDATE

-- name: write
UPDATE conversations SET status = $2, turns = $3, failures = $4, offered = $5, card = $6, reason = $7, to_file = $8, changed_at = $9 WHERE id = $1

-- name: filed
UPDATE conversations SET order_id = $2 WHERE id = $1 AND order_id IS NULL

-- name: unfiled
-- Conversations that ended and whose matter is not filed yet: a process stopped in between. $1: ended before.
SELECT id FROM conversations WHERE to_file AND order_id IS NULL AND changed_at < $1
ORDER BY changed_at LIMIT 100

-- name: list
SELECT * FROM conversations WHERE status = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
