-- name: add
-- A notification, once: the second writing of the same `dedup` does nothing.
-- $1: id, $2: dedup, $3: order, $4: event, $5: template, $6: channel, $7: recipient, $8: unit or null, $9: language, $10: urgent, $11: params,
-- $12: invite or null, $13: now, $14: not before, $15: status.
INSERT INTO notifications (id, dedup, order_id, event, template, channel, recipient, unit, language, urgent, params, invite, created_at, next_attempt_at,
    status, sent_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, CASE WHEN $15 = 'sent' THEN $13::timestamptz END)
ON CONFLICT (dedup) DO NOTHING

-- name: contacts_of
-- $1: units.
SELECT unit, channel, address FROM contacts WHERE unit = ANY ($1::text[]) ORDER BY unit, channel, address

-- name: claim
-- What is to go out now and that nobody else is sending. $1: now, $2: claimed until, $3: limit, $4: channels that have a gateway.
UPDATE notifications n SET claimed_until = $2
FROM (SELECT id FROM notifications WHERE status = 'pending' AND next_attempt_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
      AND channel = ANY ($4::text[]) ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
WHERE n.id = due.id
RETURNING n.id, n.order_id, n.template, n.channel, n.recipient, n.language, n.params, n.invite, n.attempts

-- name: record_attempt
-- The receipt of one try. $1: notification, $2: at, $3: milliseconds, $4: reference or null, $5: error or null.
INSERT INTO notification_attempts (notification_id, at, took_ms, reference, error) VALUES ($1, $2, $3, $4, $5)

-- name: mark_sent
-- $1: id, $2: now, $3: reference.
UPDATE notifications SET status = 'sent', sent_at = $2, reference = $3, attempts = attempts + 1, claimed_until = NULL, last_error = NULL WHERE id = $1

-- name: put_off
-- $1: id, $2: next attempt, $3: error.
UPDATE notifications SET next_attempt_at = $2, attempts = attempts + 1, claimed_until = NULL, last_error = $3 WHERE id = $1

-- name: mark_dead
-- $1: id, $2: error.
UPDATE notifications SET status = 'dead', attempts = attempts + 1, claimed_until = NULL, last_error = $2 WHERE id = $1 RETURNING order_id

-- name: resend
-- Dead ones go again at once, with as many tries as at first. $1: ids, $2: now.
UPDATE notifications SET status = 'pending', next_attempt_at = $2, attempts = 0 WHERE id = ANY ($1::uuid[]) AND status = 'dead' RETURNING id

-- name: dead_ids
SELECT id FROM notifications WHERE status = 'dead' ORDER BY id LIMIT $1

-- name: dead_count
SELECT count(*) FROM notifications WHERE status = 'dead'

-- name: listed
-- $1: status or null, $2: order or null, $3: before this id or null, $4: limit.
SELECT n.id, n.order_id, o.number, n.event, n.template, n.channel, n.recipient, n.unit, n.urgent, n.created_at, n.status, n.next_attempt_at, n.attempts,
       n.sent_at, n.seen_at, n.reference, n.last_error
FROM notifications n LEFT JOIN orders o ON o.id = n.order_id
WHERE ($1::text IS NULL OR n.status = $1) AND ($2::uuid IS NULL OR n.order_id = $2) AND ($3::uuid IS NULL OR n.id < $3) ORDER BY n.id DESC LIMIT $4

-- name: listed_dead
-- As `listed`, of the dead ones, by their own index. $1: before this id or null, $2: limit.
SELECT n.id, n.order_id, o.number, n.event, n.template, n.channel, n.recipient, n.unit, n.urgent, n.created_at, n.status, n.next_attempt_at, n.attempts,
       n.sent_at, n.seen_at, n.reference, n.last_error
FROM notifications n LEFT JOIN orders o ON o.id = n.order_id
WHERE n.status = 'dead' AND ($1::uuid IS NULL OR n.id < $1) ORDER BY n.id DESC LIMIT $2

-- name: inbox
-- What a unit, or the desk, is told here. $1: unit, $2: only unseen, $3: before this id or null, $4: limit.
SELECT id, order_id, event, template, language, params, urgent, created_at, seen_at, seen_by FROM notifications
WHERE channel = 'in_app' AND unit = $1 AND (NOT $2 OR seen_at IS NULL) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4

-- name: see
-- $1: id, $2: unit or null for anybody's, $3: now, $4: by.
UPDATE notifications SET seen_at = coalesce(seen_at, $3), seen_by = coalesce(seen_by, $4) WHERE id = $1 AND channel = 'in_app' AND unit = $2 RETURNING id

-- name: attempts_of
SELECT at, took_ms, reference, error FROM notification_attempts WHERE notification_id = $1 ORDER BY id

-- name: add_contact
-- $1: unit, $2: channel, $3: address, $4: now, $5: actor.
INSERT INTO contacts (unit, channel, address, since, actor) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING

-- name: drop_contact
DELETE FROM contacts WHERE unit = $1 AND channel = $2 AND address = $3 RETURNING unit

-- name: all_contacts
SELECT unit, channel, address, since, actor FROM contacts ORDER BY unit, channel, address LIMIT 5000
