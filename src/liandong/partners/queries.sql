-- name: add_partner
-- $1: code, $2: name, $3: digest, $4: secret or null, $5: scopes, $6: unit or null, $7: per minute, $8: per day, $9: networks, $10: hosts, $11: now, $12: expires or null.
INSERT INTO partners (code, name, digest, secret, scopes, unit, per_minute, per_day, networks, hosts, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: renew_partner
-- A new key for an account that is there. $1: code, $2: digest.
UPDATE partners SET digest = $2 WHERE code = $1 AND revoked_at IS NULL RETURNING code

-- name: revoke_partner
UPDATE partners SET revoked_at = $2 WHERE code = $1 AND revoked_at IS NULL RETURNING code

-- name: partner_by_digest
SELECT code, name, scopes, unit, per_minute, per_day, networks, hosts, secret, expires_at, revoked_at FROM partners WHERE digest = $1

-- name: partner
SELECT code, name, scopes, unit, per_minute, per_day, networks, hosts, secret, expires_at, revoked_at FROM partners WHERE code = $1

-- name: all_partners
SELECT code, name, scopes, unit, per_minute, per_day, networks, hosts, expires_at, revoked_at FROM partners ORDER BY code LIMIT 1000

-- name: count_use
-- One more request. $1: partner, $2: the minute, $3: the day.
INSERT INTO partner_uses AS u (partner, minute, this_minute, day, this_day) VALUES ($1, $2, 1, $3, 1)
ON CONFLICT (partner) DO UPDATE SET
    this_minute = CASE WHEN u.minute = EXCLUDED.minute THEN u.this_minute + 1 ELSE 1 END, minute = EXCLUDED.minute,
    this_day = CASE WHEN u.day = EXCLUDED.day THEN u.this_day + 1 ELSE 1 END, day = EXCLUDED.day
RETURNING this_minute, this_day

-- name: keep_signature
-- $1: partner, $2: id, $3: now.
INSERT INTO partner_signatures (partner, id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id

-- name: forget_signatures
-- $1: older than.
DELETE FROM partner_signatures WHERE at < $1

-- name: map_code
-- $1: owner, $2: list, $3: ours, $4: theirs.
INSERT INTO code_mappings (owner, list, ours, theirs) VALUES ($1, $2, $3, $4)
ON CONFLICT (owner, list, ours) DO UPDATE SET theirs = EXCLUDED.theirs

-- name: drop_mappings
DELETE FROM code_mappings WHERE owner = $1 AND list = $2

-- name: mappings
SELECT list, ours, theirs FROM code_mappings WHERE owner = $1 ORDER BY list, ours

-- name: note_unmapped
-- $1: owner, $2: list, $3: direction, $4: code, $5: now.
INSERT INTO unmapped_codes AS u (owner, list, direction, code, count, first_at, last_at) VALUES ($1, $2, $3, $4, 1, $5, $5)
ON CONFLICT (owner, list, direction, code) DO UPDATE SET count = u.count + 1, last_at = EXCLUDED.last_at

-- name: unmapped
-- Codes that nobody has mapped since they were seen. $1: owner or null.
SELECT u.owner, u.list, u.direction, u.code, u.count, u.first_at, u.last_at FROM unmapped_codes u
WHERE ($1::text IS NULL OR u.owner = $1) AND NOT EXISTS (
    SELECT 1 FROM code_mappings m WHERE m.owner = u.owner AND m.list = u.list AND u.code = CASE u.direction WHEN 'in' THEN m.theirs ELSE m.ours END)
ORDER BY u.owner, u.list, u.direction, u.code LIMIT 1000

-- name: pull
-- Events after a cursor, in an order in which no earlier one can still appear, and whether this partner may see each.
-- $1: txid, $2: position, $3: limit, $4: only this unit's or null, $5: only what this actor handed in or null.
SELECT e.txid::text AS txid, e.position, e.order_id, e.seq, e.kind, e.status, e.at, o.matter_id, o.number, o.type, o.class_intake, o.class_confirmed,
       o.urgent, o.danger, o.division_code, o.unit, o.channel, o.exercise,
       ($4::text IS NULL OR o.unit = $4) AND ($5::text IS NULL OR EXISTS (
           SELECT 1 FROM requests r WHERE r.actor = $5 AND r.actor LIKE 'partner:%' AND r.order_id = o.id)) AS visible
FROM (SELECT * FROM events WHERE (txid, position) > ($1::text::xid8, $2::bigint) AND txid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY txid, position LIMIT $3) AS e JOIN orders o ON o.id = e.order_id
ORDER BY e.txid, e.position

-- name: handed_in_by
-- Which of these orders a partner handed in. $1: actor, $2: orders.
SELECT order_id FROM requests WHERE actor = $1 AND actor LIKE 'partner:%' AND order_id = ANY ($2::uuid[])

-- name: add_webhook
-- $1: id, $2: partner, $3: url, $4: kinds, $5: secret, $6: now.
INSERT INTO webhooks (id, partner, url, kinds, secret, created_at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: webhooks_of
SELECT id, url, kinds, created_at, ended_at, end_reason FROM webhooks WHERE partner = $1 ORDER BY created_at LIMIT 200

-- name: end_webhook
-- $1: id, $2: partner or null, $3: now, $4: why.
UPDATE webhooks SET ended_at = $3, end_reason = $4 WHERE id = $1 AND ended_at IS NULL AND ($2::text IS NULL OR partner = $2) RETURNING id

-- name: live_webhooks
SELECT w.id, w.kinds, p.code, p.scopes, p.unit FROM webhooks w JOIN partners p ON p.code = w.partner
WHERE w.ended_at IS NULL AND p.revoked_at IS NULL AND (p.expires_at IS NULL OR p.expires_at > $1) ORDER BY w.id

-- name: owe
-- Each event once for each subscription. $1: ids, $2: webhooks, $3: positions, $4: kinds, $5: bodies, $6: now.
INSERT INTO deliveries (id, webhook_id, position, kind, body, created_at, next_attempt_at)
SELECT *, $6, $6 FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[])
ON CONFLICT DO NOTHING

-- name: claim_deliveries
-- $1: now, $2: claimed until, $3: limit.
UPDATE deliveries d SET claimed_until = $2
FROM (SELECT id FROM deliveries WHERE status = 'pending' AND next_attempt_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
      ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due, webhooks w
WHERE d.id = due.id AND w.id = d.webhook_id
RETURNING d.id, d.webhook_id, d.body, d.attempts, w.url, w.secret, w.ended_at

-- name: mark_delivered
UPDATE deliveries SET status = 'delivered', delivered_at = $2, attempts = attempts + 1, claimed_until = NULL, last_error = NULL WHERE id = $1

-- name: put_delivery_off
-- $1: id, $2: next attempt, $3: error.
UPDATE deliveries SET next_attempt_at = $2, attempts = attempts + 1, claimed_until = NULL, last_error = $3 WHERE id = $1

-- name: bury_delivery
UPDATE deliveries SET status = 'dead', attempts = attempts + 1, claimed_until = NULL, last_error = $2 WHERE id = $1

-- name: dead_deliveries
-- $1: webhook, $2: limit.
SELECT id, position, kind, created_at, attempts, last_error FROM deliveries WHERE webhook_id = $1 AND status = 'dead' ORDER BY id LIMIT $2

-- name: resend_deliveries
-- $1: webhook, $2: now.
UPDATE deliveries SET status = 'pending', next_attempt_at = $2, attempts = 0 WHERE webhook_id = $1 AND status = 'dead' RETURNING id

-- name: webhook_of
SELECT id FROM webhooks WHERE id = $1 AND partner = $2
