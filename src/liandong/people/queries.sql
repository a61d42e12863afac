-- name: all_keys
SELECT id, digest, name, roles, unit, home FROM api_keys WHERE revoked_at IS NULL

-- name: add_key
INSERT INTO api_keys (id, digest, name, roles, unit, created_at, home) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: revoke_key
UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id

-- name: list_keys
SELECT id, name, roles, unit, home, created_at, revoked_at FROM api_keys ORDER BY created_at

-- name: live_sessions
-- Everybody who is signed in. $1: now, $2: seen at least since, $3: passwords changed at least since, or null.
SELECT s.id, s.digest, s.account, s.method, s.created_at, s.seen_at, s.expires_at, s.address, s.agent, a.display_name, a.roles, a.unit, a.home, a.division,
       s.method = 'password' AND (a.must_change OR coalesce(a.password_changed_at < $3::timestamptz, false)) AS must_change
FROM sessions s JOIN accounts a ON a.name = s.account
WHERE s.ended_at IS NULL AND s.expires_at > $1 AND s.seen_at > $2 AND a.disabled_at IS NULL

-- name: add_session
INSERT INTO sessions (id, digest, account, method, created_at, seen_at, expires_at, address, agent) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)

-- name: see_sessions
-- $1: ids, $2: when each was seen.
UPDATE sessions s SET seen_at = greatest(s.seen_at, v.at) FROM unnest($1::uuid[], $2::timestamptz[]) AS v (id, at) WHERE s.id = v.id

-- name: end_session
-- One of an account's own. $1: id, $2: account, $3: now, $4: by whom.
UPDATE sessions SET ended_at = $3, ended_by = $4 WHERE id = $1 AND account = $2 AND ended_at IS NULL RETURNING id

-- name: end_sessions
-- All of an account but one (or null). $1: account, $2: now, $3: by whom, $4: the one that stays.
UPDATE sessions SET ended_at = $2, ended_by = $3 WHERE account = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $4 RETURNING id

-- name: end_stale
-- $1: now, $2: not seen since.
UPDATE sessions SET ended_at = $1, ended_by = 'clock' WHERE ended_at IS NULL AND (expires_at <= $1 OR seen_at <= $2)

-- name: account
SELECT * FROM accounts WHERE name = $1

-- name: account_of_subject
SELECT * FROM accounts WHERE oidc_subject = $1

-- name: shown_accounts
-- All, or one. $1: name or null.
SELECT a.name, a.display_name, a.roles, a.unit, a.home, a.division, a.asked, a.must_change, a.locked_until, a.totp IS NOT NULL AS totp, a.oidc_subject,
       a.disabled_at, a.created_at, a.created_by, a.password_changed_at
FROM accounts a WHERE $1::text IS NULL OR a.name = $1 ORDER BY a.name

-- name: add_account
INSERT INTO accounts (name, display_name, roles, unit, home, asked, password, password_changed_at, must_change, oidc_subject, created_at, created_by, division)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, $11, $12) ON CONFLICT (name) DO NOTHING RETURNING name

-- name: begin_attempt
-- A failure is counted before the password is looked at, so that a crowd of attempts gets no more tries than a queue.
-- $1: name, $2: now, $3: failures until the first wait, $4: first wait, $5: factor, $6: longest wait, in seconds.
UPDATE accounts SET failures = failures + 1,
    locked_until = CASE WHEN failures + 1 >= $3 THEN $2::timestamptz + make_interval(secs => least($6::float8,
        $4::float8 * power($5::float8, least(failures + 1 - $3, 60)::float8))) END
WHERE name = $1 AND (locked_until IS NULL OR locked_until <= $2) RETURNING failures

-- name: end_attempt
-- It was the right person.
UPDATE accounts SET failures = 0, locked_until = NULL WHERE name = $1

-- name: take_back_attempt
-- The password was right and only the code is missing: neither a failure nor a success. $1: name, $2: failures before, $3: wait before.
UPDATE accounts SET failures = greatest(failures - 1, 0), locked_until = NULL WHERE name = $1

-- name: keep_password
-- $1: name, $2: hash, $3: now, $4: must it be changed, $5: how many earlier ones are kept.
UPDATE accounts SET password = $2, password_changed_at = $3, must_change = $4, failures = 0, locked_until = NULL,
    history = CASE WHEN password IS NULL THEN history ELSE (array_prepend(password, history))[1:$5] END
WHERE name = $1

-- name: rehash
UPDATE accounts SET password = $2 WHERE name = $1 AND password = $3

-- name: set_rights
UPDATE accounts SET roles = $2, unit = $3, home = $4, division = $5, asked = NULL WHERE name = $1

-- name: ask_rights
UPDATE accounts SET asked = $2 WHERE name = $1

-- name: set_disabled
UPDATE accounts SET disabled_at = $2 WHERE name = $1

-- name: set_display
UPDATE accounts SET display_name = coalesce($2, display_name), oidc_subject = coalesce($3, oidc_subject) WHERE name = $1

-- name: propose_totp
UPDATE accounts SET totp_pending = $2 WHERE name = $1

-- name: confirm_totp
UPDATE accounts SET totp = totp_pending, totp_pending = NULL, totp_step = $2 WHERE name = $1 AND totp_pending IS NOT NULL RETURNING name

-- name: remove_totp
UPDATE accounts SET totp = NULL, totp_pending = NULL WHERE name = $1

-- name: use_step
-- A code counts once. $1: name, $2: its time step.
UPDATE accounts SET totp_step = $2 WHERE name = $1 AND totp_step < $2 RETURNING name

-- name: log_account
INSERT INTO account_log (at, actor, account, kind, body, address) VALUES ($1, $2, $3, $4, $5, $6)

-- name: account_events
-- What happened to accounts, newest first. $1: before this id or null, $2: limit.
SELECT id, at, actor, account, kind, body, address FROM account_log WHERE id < coalesce($1, 9223372036854775807) ORDER BY id DESC LIMIT $2

-- name: events_of_account
-- $1: account, $2: before this id or null, $3: limit.
SELECT id, at, actor, account, kind, body, address FROM account_log
WHERE account = $1 AND id < coalesce($2, 9223372036854775807) ORDER BY id DESC LIMIT $3

-- name: seen
-- Who saw personal data, newest first. $1: before this id or null, $2: limit.
SELECT v.id, v.at, v.actor, v.order_id, o.number, v.fields, v.reason FROM views v JOIN orders o ON o.id = v.order_id
WHERE v.id < coalesce($1, 9223372036854775807) ORDER BY v.id DESC LIMIT $2

-- name: seen_by
-- $1: actor, $2: before this id or null, $3: limit.
SELECT v.id, v.at, v.actor, v.order_id, o.number, v.fields, v.reason FROM views v JOIN orders o ON o.id = v.order_id
WHERE v.actor = $1 AND v.id < coalesce($2, 9223372036854775807) ORDER BY v.id DESC LIMIT $3

-- name: seen_of
-- $1: order, $2: before this id or null, $3: limit.
SELECT v.id, v.at, v.actor, v.order_id, o.number, v.fields, v.reason FROM views v JOIN orders o ON o.id = v.order_id
WHERE v.order_id = $1 AND v.id < coalesce($2, 9223372036854775807) ORDER BY v.id DESC LIMIT $3

-- name: live
-- What happened after a cursor, ids and versions only, with everybody who may know of it. $1: txid, $2: position, $3: limit.
(SELECT e.txid::text AS txid, e.position, e.txid AS place, 'order' AS event, e.order_id AS id, o.number, e.seq AS version, e.status,
        o.unit, o.division_code, o.policing, o.assignment->'shares' AS shares, (SELECT max(d.no) FROM dispatches d WHERE d.order_id = o.id) AS no,
        ARRAY(SELECT s.unit FROM oversights s WHERE s.order_id = o.id AND s.status IN ('open', 'replied')) AS overseen,
        ARRAY(SELECT DISTINCT t.peer FROM transfers t WHERE t.order_id = o.id) AS peers
 FROM events e JOIN orders o ON o.id = e.order_id
 WHERE (e.txid, e.position) > ($1::text::xid8, $2::bigint) AND e.txid < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY e.txid, e.position LIMIT $3)
UNION ALL
(SELECT a.txid::text, a.position, a.txid, 'alarm', a.id, o.number, a.position, a.severity, NULL, NULL, NULL, NULL, NULL, '{}', '{}'
 FROM alarms a LEFT JOIN orders o ON o.id = a.order_id
 WHERE (a.txid, a.position) > ($1::text::xid8, $2::bigint) AND a.txid < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY a.txid, a.position LIMIT $3)
UNION ALL
(SELECT l.txid::text, l.position, l.txid, 'emergency', r.id, r.number, r.lines::bigint, r.status, NULL, NULL, NULL, NULL, NULL, '{}', '{}'
 FROM emergency_log l JOIN emergencies e ON e.id = l.emergency_id JOIN emergencies r ON r.id = e.root_id
 WHERE (l.txid, l.position) > ($1::text::xid8, $2::bigint) AND l.txid < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY l.txid, l.position LIMIT $3)
ORDER BY place, position LIMIT $3

-- name: desk_now
SELECT open, since FROM desk

-- name: break_glass
INSERT INTO broken_glass (id, order_id, at, actor, reason, due_at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: broken_glass
-- $1: only those that wait, $2: before this id or null, $3: limit.
SELECT g.id, g.order_id, o.number, g.at, g.actor, g.reason, g.due_at, g.decided_at, g.decided_by, g.justified, g.words
FROM broken_glass g JOIN orders o ON o.id = g.order_id
WHERE (NOT $1 OR g.decided_at IS NULL) AND ($2::uuid IS NULL OR g.id < $2) ORDER BY g.id DESC LIMIT $3

-- name: glass
SELECT g.id, g.order_id, o.number, g.at, g.actor, g.reason, g.due_at, g.decided_at, g.decided_by, g.justified, g.words
FROM broken_glass g JOIN orders o ON o.id = g.order_id WHERE g.id = $1 FOR UPDATE OF g

-- name: judge_glass
UPDATE broken_glass SET decided_at = $2, decided_by = $3, justified = $4, words = $5 WHERE id = $1

-- name: glass_overdue
-- Marks them; $1: now.
UPDATE broken_glass SET alarmed_at = $1 WHERE decided_at IS NULL AND alarmed_at IS NULL AND due_at <= $1 RETURNING actor, order_id

-- name: add_export
INSERT INTO exports (id, at, actor, filters, rows, sha256) VALUES ($1, $2, $3, $4, $5, $6)

-- name: list_exports
-- Newest first. $1: before this id or null, $2: limit.
SELECT id, at, actor, filters, rows, encode(sha256, 'hex') AS sha256 FROM exports
WHERE id < coalesce($1, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid) ORDER BY id DESC LIMIT $2

-- name: exports_by
-- $1: actor, $2: before this id or null, $3: limit.
SELECT id, at, actor, filters, rows, encode(sha256, 'hex') AS sha256 FROM exports
WHERE actor = $1 AND id < coalesce($2, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid) ORDER BY id DESC LIMIT $3

-- name: begin_flow
INSERT INTO oidc_flows (digest, browser, nonce, verifier, return_to, created_at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: take_flow
-- Once. $1: digest of the state, $2: begun since.
DELETE FROM oidc_flows WHERE digest = $1 AND created_at > $2 RETURNING browser, nonce, verifier, return_to

-- name: forget_flows
DELETE FROM oidc_flows WHERE created_at <= $1
