-- The emergencies of one centre. Every write goes through emergencies/store.py, under one lock.

-- name: lock
SELECT pg_advisory_xact_lock(hashtext('emergencies'))

-- name: next_number
-- $1: scope.
INSERT INTO counters AS t (scope, last) VALUES ($1, 1) ON CONFLICT (scope) DO UPDATE SET last = t.last + 1 RETURNING last

-- name: next_lamport
UPDATE emergency_causes SET lamport = lamport + 1 RETURNING lamport

-- name: see_lamport
UPDATE emergency_causes SET lamport = greatest(lamport, $1) WHERE lamport < $1

-- name: last_own
-- $1: emergency, $2: centre.
SELECT no, digest FROM emergency_log WHERE emergency_id = $1 AND centre = $2 ORDER BY no DESC LIMIT 1

-- name: add_line
-- Nothing for a line that is here already.
INSERT INTO emergency_log (id, emergency_id, centre, no, lamport, at, by, event, content, previous, digest, came_from, taken_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING RETURNING id

-- name: digest_of_line
SELECT digest FROM emergency_log WHERE id = $1

-- name: lines_of
-- All lines of some emergencies, by cause. $1: ids.
SELECT id, emergency_id, centre, no, lamport, at, by, event, content, previous, digest, came_from, taken_at
FROM emergency_log WHERE emergency_id = ANY ($1::uuid[]) ORDER BY lamport, centre, no

-- name: group_of
-- Those that were ever joined with one. $1: ids.
SELECT id, root_id FROM emergencies WHERE id = ANY ($1::uuid[]) OR root_id IN (SELECT root_id FROM emergencies WHERE id = ANY ($1::uuid[]))

-- name: joins_of
-- The joins and splits among the lines of some emergencies. $1: ids.
SELECT content FROM emergency_log WHERE emergency_id = ANY ($1::uuid[]) AND event = 'emergency.joined'

-- name: keep
-- $1: id, $2: root, $3: number, $4: status, $5: kind, $6: subtype, $7: level, $8: exercise, $9: declared_at, $10: lines, $11: state, $12: due_at.
INSERT INTO emergencies (id, root_id, number, status, kind, subtype, level, exercise, declared_at, lines, state, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (id) DO UPDATE SET root_id = $2, number = $3, status = $4, kind = $5, subtype = $6, level = $7, exercise = $8, declared_at = $9,
    lines = $10, state = $11, due_at = $12

-- name: state_of
-- The emergency that an id belongs to now.
SELECT r.state FROM emergencies e JOIN emergencies r ON r.id = e.root_id WHERE e.id = $1

-- name: exercise_of
SELECT exercise FROM emergencies WHERE id = $1

-- name: open_states
-- What may be the same as one that was declared. $1: exercise, $2: kind.
SELECT state FROM emergencies WHERE status = 'open' AND exercise = $1 AND kind = $2 ORDER BY declared_at DESC LIMIT 200

-- name: boards
-- Newest first. $1: status or null, $2: exercise or null, $3: before or null, $4: limit.
SELECT state FROM emergencies WHERE status IN ('open', 'ended') AND ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR exercise = $2)
AND ($3::timestamptz IS NULL OR declared_at < $3) ORDER BY declared_at DESC LIMIT $4

-- name: open_boards
SELECT state FROM emergencies WHERE status = 'open' ORDER BY declared_at DESC LIMIT 100

-- name: due
-- $1: now.
SELECT id FROM emergencies WHERE due_at <= $1 ORDER BY due_at LIMIT 100

-- name: wake
-- The senders look at once.
SELECT pg_notify('outbox', '')

-- name: unreached
-- Peers that have not got everything of some emergencies. $1: ids.
SELECT peer, count(*) AS messages FROM outbox WHERE matter_id = ANY ($1::uuid[]) AND status = 'pending' GROUP BY peer ORDER BY peer

-- name: link_order
-- $1: order, $2: emergency, $3: now, $4: by, $5: why.
INSERT INTO emergency_orders (order_id, emergency_id, linked_at, linked_by, why) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (order_id) DO UPDATE SET emergency_id = $2, linked_at = $3, linked_by = $4, why = $5

-- name: unlink_order
DELETE FROM emergency_orders WHERE order_id = $1 AND emergency_id = ANY ($2::uuid[])

-- name: orders_named
-- $1: ids.
SELECT id, matter_id, number, exercise, status FROM orders WHERE id = ANY ($1::uuid[])

-- name: emergency_of_order
SELECT emergency_id FROM emergency_orders WHERE order_id = $1

-- name: orders_of
-- This centre's orders of some emergencies, oldest first. $1: ids, $2: limit.
SELECT o.id, o.matter_id, o.number, o.status, o.title, o.content, o.danger, o.created_at, o.incident->>'address' AS address, l.linked_by, l.why
FROM emergency_orders l JOIN orders o ON o.id = l.order_id WHERE l.emergency_id = ANY ($1::uuid[]) ORDER BY l.linked_at, o.id LIMIT $2

-- name: file_of
-- What is confidential is named in no log that peers read. $1: order, $2: attachment.
SELECT name, sha256 FROM attachments WHERE order_id = $1 AND id = $2 AND NOT confidential

-- name: read_by
-- $1: broadcast, $2: person, $3: emergency, $4: now.
INSERT INTO emergency_reads (broadcast_id, person, emergency_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (broadcast_id, person) DO NOTHING RETURNING at

-- name: readers_of
-- $1: broadcasts.
SELECT broadcast_id, person, at FROM emergency_reads WHERE broadcast_id = ANY ($1::uuid[]) ORDER BY at

-- name: read_already
-- Which of these broadcasts a person has read. $1: broadcasts, $2: person.
SELECT broadcast_id FROM emergency_reads WHERE broadcast_id = ANY ($1::uuid[]) AND person = $2

-- name: keep_report
INSERT INTO emergency_reports (emergency_id, no, made_at, made_by, digest, bytes) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING

-- name: report
SELECT bytes FROM emergency_reports WHERE emergency_id = $1 AND no = $2

-- name: reports_of
SELECT no, made_at, made_by, digest, length(bytes) AS size FROM emergency_reports WHERE emergency_id = $1 ORDER BY no

-- name: add_call
-- One caller of an emergency is one row; a second call adds its words. $1: id, $2: emergency, $3: key, $4: request, $5: phone, $6: name, $7: words,
-- $8: place, $9: exercise, $10: now, $11: by, $12: kept_by or null.
INSERT INTO emergency_callers AS c (id, emergency_id, key, request, phone, name, words, place, exercise, taken_at, taken_by, kept_by, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $12::text IS NULL THEN 'waiting' ELSE 'kept_elsewhere' END)
ON CONFLICT (emergency_id, key) DO UPDATE SET calls = c.calls + 1, words = left(concat_ws(E'\n', nullif(c.words, ''), nullif($7, '')), 10000),
    place = CASE WHEN c.place = '' THEN $8 ELSE c.place END, name = CASE WHEN c.name = '' THEN $6 ELSE c.name END
RETURNING id, calls, kept_by, order_id, status, taken_at, taken_by

-- name: taking_calls
-- What taking a call has to know, without the whole state. $1: emergency.
SELECT r.id, r.status, r.exercise, r.state->'members' AS members, (r.state->>'mass_call')::boolean AS mass_call, r.state->>'title' AS title
FROM emergencies e JOIN emergencies r ON r.id = e.root_id WHERE e.id = $1

-- name: call_by_request
SELECT id, calls, kept_by, order_id, status, taken_at, taken_by FROM emergency_callers WHERE request = $1

-- name: call_order
UPDATE emergency_callers SET order_id = $2 WHERE id = $1

-- name: kept_elsewhere
-- The first centre that took the caller. $1: emergencies, $2: key.
SELECT centre, at, called_back FROM emergency_callers_elsewhere WHERE emergency_id = ANY ($1::uuid[]) AND key = $2 ORDER BY at, centre LIMIT 1

-- name: own_caller
-- $1: emergencies, $2: key.
SELECT id, emergency_id FROM emergency_callers WHERE emergency_id = ANY ($1::uuid[]) AND key = $2 ORDER BY taken_at LIMIT 1

-- name: callers_to_call
-- $1: emergencies, $2: limit.
SELECT id, name, phone, words, place, calls, taken_at, taken_by, order_id, status, tries, kept_by, called_at, called_by, result
FROM emergency_callers WHERE emergency_id = ANY ($1::uuid[]) AND status = 'waiting' ORDER BY taken_at, id LIMIT $2

-- name: caller_counts
-- $1: emergencies.
SELECT status, count(*) AS callers, coalesce(sum(calls), 0)::bigint AS calls FROM emergency_callers WHERE emergency_id = ANY ($1::uuid[]) GROUP BY status

-- name: caller
SELECT id, emergency_id, key, name, phone, words, place, calls, taken_at, taken_by, order_id, status, tries, kept_by, called_at, called_by, result
FROM emergency_callers WHERE id = $1 FOR UPDATE

-- name: tried
UPDATE emergency_callers SET tries = tries + 1 WHERE id = $1

-- name: called_back
-- $1: id, $2: now, $3: by, $4: result. The peers are told again.
UPDATE emergency_callers SET status = 'called_back', tries = tries + 1, called_at = $2, called_by = $3, result = $4, told_at = NULL WHERE id = $1

-- name: untold
-- $1: limit.
SELECT id, emergency_id, key, taken_at, exercise, status = 'called_back' AS called_back FROM emergency_callers
WHERE told_at IS NULL AND status <> 'kept_elsewhere' ORDER BY taken_at LIMIT $1 FOR UPDATE SKIP LOCKED

-- name: mark_told
UPDATE emergency_callers SET told_at = $2 WHERE id = ANY ($1::uuid[])

-- name: keep_elsewhere
-- $1: emergency, $2: centre, $3: keys, $4: moments, $5: called back.
INSERT INTO emergency_callers_elsewhere AS t (emergency_id, centre, key, at, called_back)
SELECT $1, $2, v.key, v.at, v.called_back FROM unnest($3::text[], $4::timestamptz[], $5::boolean[]) AS v (key, at, called_back)
ON CONFLICT (emergency_id, key, centre) DO UPDATE SET called_back = t.called_back OR EXCLUDED.called_back

-- name: leave_to
-- Callers that another centre took down before we did: it calls them back. $1: emergencies, $2: centre, $3: keys, $4: moments, $5: our code.
UPDATE emergency_callers c SET status = 'kept_elsewhere', kept_by = $2
FROM unnest($3::text[], $4::timestamptz[]) AS v (key, at)
WHERE c.emergency_id = ANY ($1::uuid[]) AND c.key = v.key AND c.status = 'waiting' AND (v.at, $2) < (c.taken_at, $5)

-- name: keep_signals
-- $1: orders, $2: moments, $3: families, $4: signals.
INSERT INTO emergency_signals (order_id, at, family, signal)
SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::jsonb[]) ON CONFLICT (order_id) DO NOTHING

-- name: signals_since
-- $1: since, $2: limit.
SELECT order_id, at, signal FROM emergency_signals WHERE at >= $1 ORDER BY at DESC LIMIT $2

-- name: families_before
-- How many matters of each family in a stretch of time. $1: from, $2: until.
SELECT family, count(*) AS matters FROM emergency_signals WHERE at >= $1 AND at < $2 GROUP BY family

-- name: matters_of
-- What bursts are read from. $1: orders, $2: taken in since.
SELECT id, created_at, content, title, incident->>'address' AS address, incident->'wgs84' AS wgs84, division_code, caller->>'phone' AS phone, exercise
FROM orders WHERE id = ANY ($1::uuid[]) AND created_at >= $2

-- name: linked_among
SELECT order_id FROM emergency_orders WHERE order_id = ANY ($1::uuid[])

-- name: propose
-- $1: id, $2: source, $3: key, $4: now, $5: body.
INSERT INTO emergency_proposals AS p (id, source, key, at, seen_at, body) VALUES ($1, $2, $3, $4, $4, $5)
ON CONFLICT (key) WHERE status = 'open' DO UPDATE SET seen_at = $4, body = $5 RETURNING id, at = $4 AS fresh

-- name: open_proposals
SELECT id, source, key, at, seen_at, body, status, decided_at, decided_by, reason, emergency_id FROM emergency_proposals
WHERE status = 'open' ORDER BY at DESC LIMIT 50

-- name: recent_proposals
-- $1: since.
SELECT id, source, key, at, seen_at, body, status, decided_at, decided_by, reason, emergency_id FROM emergency_proposals
WHERE at >= $1 ORDER BY at DESC LIMIT 200

-- name: decide_proposal
-- $1: id, $2: status, $3: now, $4: by, $5: reason, $6: emergency or null.
UPDATE emergency_proposals SET status = $2, decided_at = $3, decided_by = $4, reason = $5, emergency_id = $6 WHERE id = $1 AND status = 'open'
RETURNING body, source

-- name: proposal_counts
-- $1: since.
SELECT status, count(*) AS proposals FROM emergency_proposals WHERE at >= $1 GROUP BY status

-- name: note_view
INSERT INTO emergency_number_views (caller_id, at, actor) VALUES ($1, $2, $3)
