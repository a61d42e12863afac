-- name: lock_order
-- One upload of an order is begun at a time, so that the limits hold. $1: order.
SELECT pg_advisory_xact_lock(hashtext('liandong attachments'), hashtext($1::text))

-- name: begun_before
-- $1: who, $2: Idempotency-Key.
SELECT order_id, id, request_digest FROM attachments WHERE added_by = $1 AND request_key = $2

-- name: begin
INSERT INTO attachments (order_id, id, name, media_type, size, sha256, taken_at, place, added_by, confidential, origin, status, received,
    created_at, roles, unit, request_key, request_digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'own', 'receiving', 0, $11, $12, $13, $14, $15)

-- name: append
-- The next bytes, if they go on where the last ones ended and no more come than were declared. A peer's file that is whole with
-- them is to be looked at. $1: order, $2: attachment, $3: offset, $4: length, $5: bytes, $6: origin.
WITH moved AS (
    UPDATE attachments SET received = received + $4,
        status = CASE WHEN origin <> 'own' AND received + $4 = size THEN 'scanning' ELSE status END
    WHERE order_id = $1 AND id = $2 AND origin = $6 AND status = 'receiving' AND received = $3 AND received + $4 <= size
    RETURNING received
)
INSERT INTO attachment_chunks (order_id, attachment_id, start, bytes) SELECT $1, $2, $3, $5 FROM moved
RETURNING (SELECT received FROM moved) AS received

-- name: progress
-- $1: order, $2: attachment.
SELECT status, received, size, origin, media_type, sha256, reason FROM attachments WHERE order_id = $1 AND id = $2

-- name: chunks
-- Pieces from the one that holds this byte on. $1: order, $2: attachment, $3: first byte, $4: limit.
SELECT start, bytes FROM attachment_chunks
WHERE order_id = $1 AND attachment_id = $2
  AND start >= (SELECT coalesce(max(start), 0) FROM attachment_chunks WHERE order_id = $1 AND attachment_id = $2 AND start <= $3)
ORDER BY start LIMIT $4

-- name: drop_bytes
DELETE FROM attachment_chunks WHERE order_id = $1 AND attachment_id = $2

-- name: start_over
-- $1: order, $2: attachment, $3: status from now on, $4: why or null.
UPDATE attachments SET received = 0, status = $3, reason = $4 WHERE order_id = $1 AND id = $2 AND status = 'receiving' AND origin = 'own'

-- name: begin_scan
-- A whole upload is looked at; nobody else takes it before $3.
UPDATE attachments SET status = 'scanning', next_attempt_at = $3
WHERE order_id = $1 AND id = $2 AND status = 'receiving' AND origin = 'own' AND received = size RETURNING true

-- name: claim_waiting
-- Whole files that nobody is looking at just now. $1: now, $2: claimed until, $3: limit.
UPDATE attachments a SET next_attempt_at = $2
FROM (SELECT order_id, id FROM attachments
      WHERE (status = 'scanning' OR (added_at IS NULL AND status IN ('clean', 'unscanned'))) AND next_attempt_at <= $1
      ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
WHERE a.order_id = due.order_id AND a.id = due.id
RETURNING a.order_id, a.id

-- name: waiting
-- One whole file with who uploaded it. $1: order, $2: attachment.
SELECT order_id, id, media_type, size, sha256, origin, status, added_at, added_by, roles, unit, attempts FROM attachments
WHERE order_id = $1 AND id = $2

-- name: found
-- What the scanner said of an upload. $1: order, $2: attachment, $3: clean or unscanned.
UPDATE attachments SET status = $3, reason = NULL WHERE order_id = $1 AND id = $2 AND status = 'scanning'

-- name: found_bad
-- An upload that does not become part of its order. $3: why.
UPDATE attachments SET status = 'refused', reason = $3 WHERE order_id = $1 AND id = $2 AND added_at IS NULL AND origin = 'own'

-- name: scan_later
-- $3: when, $4: why.
UPDATE attachments SET attempts = attempts + 1, next_attempt_at = $3, reason = $4 WHERE order_id = $1 AND id = $2 AND status = 'scanning'

-- name: forget_unfinished
-- Uploads that were begun before $1 and never finished.
DELETE FROM attachments WHERE status = 'receiving' AND added_at IS NULL AND created_at < $1 RETURNING id

-- name: pending_copy
-- The file whose bytes a peer is owed first: of urgent matters before others. One that is still being received or looked at here, or whose
-- announcement has not arrived, waits. $1: peer, $2: now.
SELECT c.order_id, c.attachment_id, c.attempts, c.sent, o.matter_id, o.exercise, a.size, a.sha256, a.status
FROM attachment_copies c
JOIN attachments a ON a.order_id = c.order_id AND a.id = c.attachment_id
JOIN orders o ON o.id = c.order_id
WHERE c.peer = $1 AND c.status = 'pending' AND c.next_attempt_at <= $2 AND a.status NOT IN ('receiving', 'scanning')
  AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.id = c.message_id AND b.status = 'pending')
ORDER BY c.urgent DESC, c.next_attempt_at LIMIT 1

-- name: copy_sent
-- $4: bytes that the peer has.
UPDATE attachment_copies SET sent = $4, attempts = 0, last_error = NULL WHERE order_id = $1 AND attachment_id = $2 AND peer = $3

-- name: copy_settled
-- $4: status, $5: now, $6: why or null.
UPDATE attachment_copies SET status = $4, delivered_at = CASE WHEN $4 = 'delivered' THEN $5::timestamptz END, last_error = $6
WHERE order_id = $1 AND attachment_id = $2 AND peer = $3 AND status = 'pending'

-- name: copy_later
-- $4: when, $5: why.
UPDATE attachment_copies SET attempts = attempts + 1, next_attempt_at = $4, last_error = $5
WHERE order_id = $1 AND attachment_id = $2 AND peer = $3 AND status = 'pending'

-- name: taken_from
-- The file that a peer sends bytes of, in the order of its matter. $1: matter, $2: attachment, $3: peer.
SELECT a.order_id, a.origin, a.status, a.received, a.size, a.reason,
       EXISTS (SELECT 1 FROM transfers t WHERE t.order_id = o.id AND t.peer = $3) AS shared
FROM orders o JOIN attachments a ON a.order_id = o.id AND a.id = $2
WHERE o.matter_id = $1

-- name: copy_counts
SELECT peer, count(*) AS pending FROM attachment_copies WHERE status = 'pending' GROUP BY peer
