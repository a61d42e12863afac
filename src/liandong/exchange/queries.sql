-- name: inbox_state
-- For each message of a batch: what became of it before, the newest number of its matter from this sender, our order of the matter.
-- $1: sender, $2: message ids, $3: matter ids.
SELECT a.message_id, i.status, i.digest, i.code, i.text,
       coalesce((SELECT max(seq) FROM inbox h WHERE h.sender = $1 AND h.matter_id = a.matter_id), 0) AS head,
       (SELECT id FROM orders o WHERE o.matter_id = a.matter_id) AS order_id
FROM unnest($2::uuid[], $3::uuid[]) AS a (message_id, matter_id)
LEFT JOIN inbox i ON i.sender = $1 AND i.message_id = a.message_id

-- name: keep_message
-- A message that is parked (unknown kind) or refused: kept whole, its number used up, so that it does not block what follows.
INSERT INTO inbox (sender, message_id, matter_id, seq, kind, digest, status, code, text, raw, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (sender, message_id) DO UPDATE SET (status, code, text, raw) = (EXCLUDED.status, EXCLUDED.code, EXCLUDED.text, EXCLUDED.raw)
WHERE inbox.status <> 'handled'

-- name: keep_rejection
INSERT INTO rejections (at, source, code, text, sample) VALUES ($1, $2, $3, $4, $5)

-- name: pending
-- What may go to a peer now: everything of the matters with an urgent message, then oldest first; without what stands behind a
-- message that must wait. What was never put off does not wait for any clock: who wrote it may have another one.
-- $1: peer, $2: now, $3: limit.
WITH urgent AS MATERIALIZED (
    SELECT DISTINCT matter_id FROM outbox WHERE peer = $1 AND status = 'pending' AND urgent AND (next_attempt_at <= $2 OR attempts = 0) LIMIT $3
),
chosen AS MATERIALIZED (
    (SELECT o.id FROM urgent u JOIN outbox o ON o.peer = $1 AND o.matter_id = u.matter_id
     WHERE o.status = 'pending' AND (o.next_attempt_at <= $2 OR o.attempts = 0) ORDER BY o.seq LIMIT $3)
    UNION
    (SELECT id FROM outbox WHERE peer = $1 AND status = 'pending' AND (next_attempt_at <= $2 OR attempts = 0)
     ORDER BY next_attempt_at, id LIMIT $3)
)
SELECT o.id, o.kind, o.matter_id, o.seq, o.urgent, o.exercise, o.body, o.created_at, o.attempts,
       (SELECT number FROM orders WHERE orders.id = o.order_id) AS number
FROM chosen JOIN outbox o ON o.id = chosen.id
WHERE NOT EXISTS (SELECT 1 FROM outbox b WHERE b.peer = o.peer AND b.matter_id = o.matter_id AND b.seq < o.seq
                  AND b.status = 'pending' AND b.next_attempt_at > $2 AND b.attempts > 0)
ORDER BY o.matter_id IN (SELECT matter_id FROM urgent) DESC, o.created_at, o.seq LIMIT $3

-- name: mark_delivered
UPDATE outbox SET status = 'delivered', delivered_at = $2, attempts = attempts + 1 WHERE id = ANY ($1::uuid[]) AND status = 'pending'

-- name: mark_dead
UPDATE outbox SET status = 'dead', last_error = $2, attempts = attempts + 1 WHERE id = $1 AND status = 'pending'

-- name: put_off
UPDATE outbox SET next_attempt_at = $2, last_error = $3, attempts = attempts + 1 WHERE id = $1 AND status = 'pending'

-- name: record_attempt
INSERT INTO attempts (peer, at, messages, delivered, took_ms, error) VALUES ($1, $2, $3, $4, $5, $6)

-- name: list_outbox
-- $1: status or null, $2: peer or null, $3: limit.
SELECT id, peer, matter_id, order_id, seq, kind, urgent, status, attempts, created_at, next_attempt_at, delivered_at, last_error
FROM outbox WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR peer = $2) ORDER BY id DESC LIMIT $3

-- name: resend
-- A dead letter goes again; the receiver takes it even out of order, because it kept its place. $1: ids, $2: now.
UPDATE outbox SET status = 'pending', next_attempt_at = $2, last_error = NULL WHERE id = ANY ($1::uuid[]) AND status = 'dead' RETURNING id

-- name: dead_ids
SELECT id FROM outbox WHERE status = 'dead' AND ($1::text IS NULL OR peer = $1)

-- name: queue_sizes
SELECT peer, count(*) AS pending, min(created_at) AS oldest FROM outbox WHERE status = 'pending' GROUP BY peer

-- name: dead_count
SELECT count(*) FROM outbox WHERE status = 'dead'

-- name: unhandled_count
SELECT count(*) FROM inbox WHERE status <> 'handled'

-- name: shared_matters
-- Our view of the matters that we share with a peer, a page at a time, for reconciliation.
-- $1: peer, $2: after this matter, $3: limit, $4: final statuses, $5: only these matters or null.
SELECT o.matter_id, o.status, o.number, o.responsible, o.round, NOT (o.status = ANY ($4::text[])) AS open,
       t.id AS transfer_id, t.direction, t.status AS transfer_status, t.part,
       coalesce((SELECT max(seq) FROM outbox b WHERE b.peer = $1 AND b.matter_id = o.matter_id), 0) AS sent,
       coalesce((SELECT max(seq) FROM inbox i WHERE i.sender = $1 AND i.matter_id = o.matter_id), 0) AS received,
       (SELECT count(*) FROM outbox b WHERE b.peer = $1 AND b.matter_id = o.matter_id AND b.status = 'dead') AS dead,
       (SELECT count(*) FROM outbox b WHERE b.peer = $1 AND b.matter_id = o.matter_id AND b.status = 'pending') AS pending
FROM orders o
JOIN LATERAL (SELECT * FROM transfers t WHERE t.order_id = o.id AND t.peer = $1 ORDER BY t.offered_at DESC, t.id DESC LIMIT 1) t ON true
WHERE o.matter_id > $2 AND ($5::uuid[] IS NULL OR o.matter_id = ANY ($5))
  AND ($5::uuid[] IS NOT NULL OR NOT (o.status = ANY ($4::text[])))
ORDER BY o.matter_id LIMIT $3

-- name: lock_thread
-- One writer of a thread to a peer at a time, until the end of the transaction. $1: peer, $2: thread.
SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))

-- name: add_notice
-- $1: id, $2: peer, $3: thread, $4: kind, $5: body, $6: now.
INSERT INTO outbox (id, peer, matter_id, seq, kind, urgent, exercise, body, created_at, next_attempt_at)
VALUES ($1, $2, $3, coalesce((SELECT max(seq) FROM outbox WHERE peer = $2 AND matter_id = $3), 0) + 1, $4, false, 'actual', $5, $6, $6)

-- name: claim_notice
-- $1: sender, $2: message, $3: thread, $4: seq, $5: kind, $6: digest, $7: now.
INSERT INTO inbox (sender, message_id, matter_id, seq, kind, digest, status, received_at, handled_at)
VALUES ($1, $2, $3, $4, $5, $6, 'handled', $7, $7)
ON CONFLICT (sender, message_id) DO UPDATE SET status = 'handled', handled_at = EXCLUDED.handled_at WHERE inbox.status <> 'handled'
RETURNING true
