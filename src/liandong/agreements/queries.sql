-- name: lock
-- One step at a time, whichever pair, until the end of the transaction: codes must not be used twice across pairs.
SELECT pg_advisory_xact_lock(hashtext('liandong catalogue'))

-- name: version
SELECT id, peer, origin, status, title, notes, digest, base, no, effective_from, made_by, made_at, answered_by, reason, agreed_at, in_force_at,
       superseded_at
FROM catalogue_versions WHERE id = $1

-- name: content
SELECT content FROM catalogue_versions WHERE id = $1

-- name: list_versions
-- Newest first. $1: peer or null, $2: statuses or null, $3: before this id or null, $4: limit.
SELECT id, peer, origin, status, title, notes, digest, base, no, effective_from, made_by, made_at, answered_by, reason, agreed_at, in_force_at,
       superseded_at
FROM catalogue_versions
WHERE ($1::text IS NULL OR peer = $1) AND ($2::text[] IS NULL OR status = ANY ($2)) AND ($3::uuid IS NULL OR id < $3)
ORDER BY id DESC LIMIT $4

-- name: by_prefix
-- Versions whose id begins so, two at most. $1: the lowest id with that beginning, $2: the highest.
SELECT id FROM catalogue_versions WHERE id BETWEEN $1 AND $2 LIMIT 2

-- name: head
-- The newest version that a pair has agreed on. $1: peer.
SELECT no, digest FROM catalogue_versions WHERE peer = $1 AND status IN ('agreed', 'in_force', 'superseded') ORDER BY no DESC LIMIT 1

-- name: ours_on_table
SELECT id FROM catalogue_versions WHERE peer = $1 AND origin = 'ours' AND status IN ('proposed', 'withdrawing')

-- name: live_contents
-- What this centre has agreed with its other peers or offers them, for codes that must not be used twice. $1: not this peer.
SELECT peer, content FROM catalogue_versions
WHERE peer <> $1 AND (status IN ('agreed', 'in_force') OR origin = 'ours' AND status IN ('proposed', 'withdrawing'))

-- name: in_force_on
-- For each peer the version that counts on a day: the highest number whose day has come. $1: day.
SELECT DISTINCT ON (peer) id, peer, no, digest, status FROM catalogue_versions
WHERE status IN ('agreed', 'in_force') AND effective_from <= $1 ORDER BY peer, no DESC

-- name: contents
SELECT id, content FROM catalogue_versions WHERE id = ANY ($1::uuid[])

-- name: add_version
INSERT INTO catalogue_versions (id, peer, origin, status, title, notes, content, digest, base, no, effective_from, made_by, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: change_version
-- What is null stays. $1: id, $2: status.
UPDATE catalogue_versions SET status = $2, no = coalesce($3, no), effective_from = coalesce($4, effective_from),
    answered_by = coalesce($5, answered_by), reason = coalesce($6, reason), agreed_at = coalesce($7, agreed_at),
    in_force_at = coalesce($8, in_force_at), superseded_at = coalesce($9, superseded_at)
WHERE id = $1

-- name: add_log
INSERT INTO catalogue_log (version_id, peer, at, actor, role, event, status, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: log
SELECT at, actor, role, event, status, body FROM catalogue_log WHERE version_id = $1 ORDER BY id

-- name: keep_part
INSERT INTO catalogue_parts (peer, version_id, part, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: parts
SELECT content FROM catalogue_parts WHERE peer = $1 AND version_id = $2 ORDER BY part

-- name: drop_parts
DELETE FROM catalogue_parts WHERE peer = $1 AND version_id = $2

-- name: outranked
-- Agreed versions that will never count any more: one with a higher number is in force. $1: peer, $2: its number.
SELECT id FROM catalogue_versions WHERE peer = $1 AND no < $2 AND status IN ('agreed', 'in_force')

-- name: begin_reassessment
INSERT INTO catalogue_reassessments (version_id, not_before) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: next_reassessment
-- The work of one worker at a time. $1: now.
SELECT version_id, after FROM catalogue_reassessments WHERE finished_at IS NULL AND not_before <= $1
ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED

-- name: open_orders
-- The next open orders by id, each status by its own index. $1: statuses, $2: after this id, $3: limit.
SELECT o.id FROM unnest($1::text[]) AS s (status),
    LATERAL (SELECT id FROM orders WHERE orders.status = s.status AND orders.id > $2 ORDER BY id LIMIT $3) AS o
ORDER BY o.id LIMIT $3

-- name: note_reassessed
-- $1: version, $2: the last order, $3: looked at, $4: flagged, $5: finished at or null.
UPDATE catalogue_reassessments SET after = $2, looked_at = looked_at + $3, flagged = flagged + $4, finished_at = $5 WHERE version_id = $1

-- name: reassessment
SELECT looked_at, flagged, finished_at FROM catalogue_reassessments WHERE version_id = $1
