-- name: inbox_state
-- For each message of a batch: what became of it before, the newest number of its matter from this sender, our order of the matter.
-- Each is a look by a key, also where the planner takes the tables for small (a join, it would merge or hash).
-- $1: sender, $2: message ids, $3: matter ids.
SELECT a.message_id, i.status, i.digest, i.code, i.text,
       coalesce((SELECT max(seq) FROM inbox h WHERE h.sender = $1 AND h.matter_id = a.matter_id), 0) AS head,
       (SELECT id FROM orders o WHERE o.matter_id = a.matter_id) AS order_id
FROM unnest($2::uuid[], $3::uuid[]) AS a (message_id, matter_id)
LEFT JOIN LATERAL (SELECT * FROM inbox i WHERE i.sender = $1 AND i.message_id = a.message_id LIMIT 1) AS i ON true

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
-- $1: peer, $2: now, $3: limit, $4: matters that are on their way at this moment: what follows in them waits for their receipts.
WITH urgent AS MATERIALIZED (
    SELECT DISTINCT matter_id FROM outbox
    WHERE peer = $1 AND status = 'pending' AND urgent AND (next_attempt_at <= $2 OR attempts = 0) AND matter_id <> ALL ($4::uuid[]) LIMIT $3
),
chosen AS MATERIALIZED (
    (SELECT o.id FROM urgent u JOIN outbox o ON o.peer = $1 AND o.matter_id = u.matter_id
     WHERE o.status = 'pending' AND (o.next_attempt_at <= $2 OR o.attempts = 0) ORDER BY o.seq LIMIT $3)
    UNION
    (SELECT id FROM outbox WHERE peer = $1 AND status = 'pending' AND (next_attempt_at <= $2 OR attempts = 0) AND matter_id <> ALL ($4::uuid[])
     ORDER BY next_attempt_at, id LIMIT $3)
)
SELECT o.id, o.kind, o.matter_id, o.seq, o.urgent, o.exercise, o.body, o.created_at, o.attempts,
       (SELECT number FROM orders WHERE orders.id = o.order_id AND orders.accepted_at <= o.created_at) AS number
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

-- name: shared_open
-- Open orders of matters shared with a peer, in order of the matter. The statuses are those of the index orders_open_by_matter.
-- $1: peer, $2: after this matter, $3: limit.
SELECT o.id FROM orders o
WHERE o.matter_id > $2 AND o.status NOT IN ('guided', 'cancelled', 'declined', 'withdrawn', 'evaluated')
  AND EXISTS (SELECT 1 FROM transfers t WHERE t.order_id = o.id AND t.peer = $1)
ORDER BY o.matter_id LIMIT $3

-- name: shared_closed
-- Orders of shared matters closed since a moment, in order of closing. $1: peer, $2: since, $3: after this matter at that moment, $4: limit.
SELECT o.id FROM orders o
WHERE o.closed_at IS NOT NULL AND (o.closed_at, o.matter_id) > ($2, $3)
  AND EXISTS (SELECT 1 FROM transfers t WHERE t.order_id = o.id AND t.peer = $1)
ORDER BY o.closed_at, o.matter_id LIMIT $4

-- name: shared_named
-- $1: peer, $2: matters.
SELECT o.id FROM orders o WHERE o.matter_id = ANY ($2::uuid[]) AND EXISTS (SELECT 1 FROM transfers t WHERE t.order_id = o.id AND t.peer = $1)

-- name: views_of
-- Our view of orders shared with a peer, for reconciliation. `gaps`: numbers below the newest that never came.
-- $1: peer, $2: orders, $3: final statuses.
SELECT o.matter_id, o.status, o.number, o.responsible, o.round, NOT (o.status = ANY ($3::text[])) AS open, o.closed_at,
       t.id AS transfer_id, t.direction, t.status AS transfer_status, t.part, t.peer_result IS NOT NULL AS peer_result,
       coalesce(b.sent, 0) AS sent, coalesce(b.dead, 0) AS dead, coalesce(b.pending, 0) AS pending,
       coalesce(i.received, 0) AS received, coalesce(i.received - i.rows, 0) AS gaps
FROM orders o
JOIN LATERAL (SELECT * FROM transfers t WHERE t.order_id = o.id AND t.peer = $1 ORDER BY t.offered_at DESC, t.id DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (SELECT max(seq) AS sent, count(*) FILTER (WHERE status = 'dead') AS dead, count(*) FILTER (WHERE status = 'pending') AS pending
                   FROM outbox b WHERE b.peer = $1 AND b.matter_id = o.matter_id) b ON true
LEFT JOIN LATERAL (SELECT max(seq) AS received, count(*) AS rows FROM inbox i WHERE i.sender = $1 AND i.matter_id = o.matter_id) i ON true
WHERE o.id = ANY ($2::uuid[])

-- name: send_again
-- Messages that the peer once acknowledged and proves to lack now. The rows are still there, so the bytes are the same.
-- $1: peer, $2: matters, $3: after these numbers, $4: now.
UPDATE outbox o SET status = 'pending', next_attempt_at = $4
FROM unnest($2::uuid[], $3::integer[]) AS m (matter_id, after)
WHERE o.peer = $1 AND o.matter_id = m.matter_id AND o.seq > m.after AND o.status = 'delivered' RETURNING o.id

-- name: record_reconciliation
-- $1: peer, $2: at, $3: nightly, $4: days, $5: looked, $6: kinds, $7: resent, $8: error or null.
INSERT INTO reconciliations (peer, at, nightly, days, looked, kinds, resent, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: last_nightly
-- The newest comparison by the clock with a peer. $1: peer.
SELECT at, error, resent FROM reconciliations WHERE peer = $1 AND nightly ORDER BY id DESC LIMIT 1

-- name: last_kinds
-- What the newest complete comparison with each of these peers has found. $1: peers.
SELECT p.peer, r.at, r.kinds FROM unnest($1::text[]) AS p (peer)
JOIN LATERAL (SELECT at, kinds FROM reconciliations r WHERE r.peer = p.peer AND r.error IS NULL ORDER BY r.id DESC LIMIT 1) r ON true

-- name: lock_thread
-- One writer of a thread to a peer at a time, until the end of the transaction. $1: peer, $2: thread.
SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))

-- name: add_notice
-- $1: id, $2: peer, $3: thread, $4: kind, $5: body, $6: now, $7: exercise, $8: urgent.
INSERT INTO outbox (id, peer, matter_id, seq, kind, urgent, exercise, body, created_at, next_attempt_at)
VALUES ($1, $2, $3, coalesce((SELECT max(seq) FROM outbox WHERE peer = $2 AND matter_id = $3), 0) + 1, $4, $8, $7, $5, $6, $6)

-- name: claim_notice
-- $1: sender, $2: message, $3: thread, $4: seq, $5: kind, $6: digest, $7: now.
INSERT INTO inbox (sender, message_id, matter_id, seq, kind, digest, status, received_at, handled_at)
VALUES ($1, $2, $3, $4, $5, $6, 'handled', $7, $7)
ON CONFLICT (sender, message_id) DO UPDATE SET status = 'handled', handled_at = EXCLUDED.handled_at WHERE inbox.status <> 'handled'
RETURNING true
