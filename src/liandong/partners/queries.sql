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
