-- The auditor's own reading of the tables: nothing here is shared with the code that fires clocks or sends messages.
-- Every look gives rows of (thing, order_id, detail): `thing` names what was found among its kind.

-- name: touched
-- The orders of the events after a cursor, and where the reading ended. $1: txid, $2: position, $3: limit.
WITH batch AS MATERIALIZED (
    SELECT txid, position, order_id FROM events
    WHERE (txid, position) > ($1::text::xid8, $2::bigint) AND txid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY txid, position LIMIT $3
)
SELECT (SELECT coalesce(array_agg(DISTINCT order_id), '{}') FROM batch) AS ids, (SELECT count(*) FROM batch) AS count,
       last.txid::text AS txid, last.position
FROM (SELECT 1) AS one LEFT JOIN LATERAL (SELECT txid, position FROM batch ORDER BY txid DESC, position DESC LIMIT 1) AS last ON true

-- name: feed_end
SELECT txid::text AS txid, position FROM events WHERE txid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY txid DESC, position DESC LIMIT 1

-- name: open_orders
-- The next orders that are open, by id. $1: open statuses, $2: after this id, $3: limit.
SELECT found.id FROM unnest($1::text[]) AS s (status)
CROSS JOIN LATERAL (SELECT o.id FROM orders o WHERE o.status = s.status AND o.id > $2 ORDER BY o.id LIMIT $3) AS found
ORDER BY found.id LIMIT $3

-- name: orders_of_findings
-- Orders with a finding that is still open. $1: kinds.
SELECT DISTINCT order_id FROM findings WHERE over_at IS NULL AND order_id IS NOT NULL AND kind = ANY ($1::text[])

-- name: clock_not_fired
-- $1: due before this, $2: most.
SELECT t.order_id || ' ' || t.name AS thing, t.order_id,
       jsonb_build_object('number', coalesce(o.number, o.id::text), 'clock', t.name, 'since', t.due_at) AS detail
FROM (SELECT order_id, name, due_at FROM timers WHERE status = 'running' AND due_at <= $1 ORDER BY due_at LIMIT $2) t
JOIN orders o ON o.id = t.order_id

-- name: clock_without_event
-- $1: orders, $2: most.
SELECT t.order_id || ' ' || t.name AS thing, t.order_id,
       jsonb_build_object('number', coalesce(o.number, o.id::text), 'clock', t.name, 'since', t.due_at) AS detail
FROM timers t JOIN orders o ON o.id = t.order_id
WHERE t.order_id = ANY ($1::uuid[]) AND t.status = 'fired'
  AND NOT EXISTS (SELECT 1 FROM events e WHERE e.order_id = t.order_id AND e.role = 'clock' AND e.at >= t.due_at
                  AND e.body::jsonb #>> '{asked,clock}' = t.name)
LIMIT $2

-- name: clock_missing
-- $1: orders; the expected clocks: $2 kinds, $3 events, $4 statuses, $5 clocks, $6 as the first event, $7 excused origins; $8: most.
SELECT DISTINCT ON (e.order_id, x.clock) e.order_id || ' ' || x.clock AS thing, e.order_id,
       jsonb_build_object('number', coalesce(o.number, o.id::text), 'clock', x.clock, 'event', e.kind, 'since', e.at) AS detail
FROM orders o
JOIN events e ON e.order_id = o.id
JOIN unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[]) AS x (kind, event, status, clock, birth, excused)
  ON x.kind = o.kind AND x.event = e.kind AND x.status = e.status AND (NOT x.birth OR e.seq = 1)
LEFT JOIN timers t ON t.order_id = o.id AND t.name = x.clock
WHERE o.id = ANY ($1::uuid[]) AND o.origin <> x.excused AND (t.order_id IS NULL OR t.started_at < e.at)
ORDER BY e.order_id, x.clock, e.seq LIMIT $8

-- name: nobody_reminded
-- $1: orders, $2: final statuses, $3: statuses with a patience, $4: their seconds, $5: seconds for the others, $6: now, $7: most.
SELECT o.id::text AS thing, o.id AS order_id,
       jsonb_build_object('number', coalesce(o.number, o.id::text), 'of', o.kind, 'status', o.status, 'since', o.updated_at) AS detail
FROM orders o LEFT JOIN unnest($3::text[], $4::integer[]) AS p (status, seconds) ON p.status = o.status
WHERE o.id = ANY ($1::uuid[]) AND NOT (o.status = ANY ($2::text[])) AND o.master_id IS NULL
  AND o.updated_at <= $6::timestamptz - make_interval(secs => coalesce(p.seconds, $5::integer))
  AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.order_id = o.id AND t.status IN ('running', 'paused'))
  AND NOT EXISTS (SELECT 1 FROM transfers t WHERE t.order_id = o.id AND t.status IN ('offered', 'withdrawing'))
  AND (o.responsible OR NOT EXISTS (SELECT 1 FROM transfers t WHERE t.order_id = o.id
       AND (t.status = 'accepted' OR t.status = 'returned' AND t.reason = 'duplicate')))
LIMIT $7

-- name: open_transfers
-- Transfers without an answer, the oldest first, with the last talk about them. $1: offered before this, $2: talking events, $3: limit.
SELECT t.id::text AS thing, t.order_id, t.urgent, t.offered_at, talk.at AS talked_at,
       jsonb_build_object('number', coalesce(o.number, o.id::text), 'peer', t.peer, 'direction', t.direction, 'since', t.offered_at) AS detail
FROM (SELECT * FROM transfers WHERE status IN ('offered', 'withdrawing') AND offered_at <= $1 ORDER BY offered_at LIMIT $3) t
JOIN orders o ON o.id = t.order_id
CROSS JOIN LATERAL (SELECT max(e.at) AS at FROM events e WHERE e.order_id = t.order_id AND e.at > t.offered_at AND e.kind LIKE ANY ($2::text[])) AS talk

-- name: transfer_lost
-- $1: offered before this, $2: most.
SELECT t.id::text AS thing, t.order_id,
       jsonb_build_object('number', coalesce(o.number, o.id::text), 'peer', t.peer, 'since', t.offered_at) AS detail
FROM transfers t JOIN orders o ON o.id = t.order_id LEFT JOIN outbox b ON b.id = t.message_id
WHERE t.status IN ('offered', 'withdrawing') AND t.direction = 'out' AND t.offered_at <= $1 AND (b.id IS NULL OR b.status = 'dead')
LIMIT $2

-- name: message_waits
-- For peers that have been reachable all the while. $1: written and reachable before this, $2: last seen after this, $3: most.
SELECT b.id::text AS thing, b.order_id,
       jsonb_build_object('peer', p.code, 'message', b.kind, 'since', b.created_at, 'why', b.last_error) AS detail
FROM peers p CROSS JOIN LATERAL (
    SELECT id, order_id, kind, created_at, last_error FROM outbox WHERE peer = p.code AND status = 'pending' AND created_at <= $1
    ORDER BY next_attempt_at LIMIT $3) AS b
WHERE p.reachable AND p.since <= $1 AND p.last_seen_at >= $2
LIMIT $3

-- name: danger_unsent
-- Danger that this centre is responsible for and that nobody who acts in danger was asked to take, with when it became known.
-- $1: unresolved statuses, $2: peers that act in danger, $3: most.
SELECT o.id::text AS thing, o.id AS order_id, coalesce(sign.at, o.created_at) AS known_at,
       jsonb_build_object('number', coalesce(o.number, o.id::text), 'since', coalesce(sign.at, o.created_at)) AS detail
FROM orders o
CROSS JOIN LATERAL (
    SELECT max(e.at) AS at FROM events e WHERE e.order_id = o.id
    AND (e.kind LIKE 'danger.%' OR e.body::jsonb #>> '{asked,danger}' = 'true' OR e.body::jsonb #>> '{asked,facts,danger}' = 'true')) AS sign
WHERE o.danger AND o.status = ANY ($1::text[]) AND o.responsible
  AND NOT EXISTS (
    SELECT 1 FROM transfers t WHERE t.order_id = o.id
    AND (t.direction = 'out' AND t.urgent OR t.direction = 'in' AND t.peer = ANY ($2::text[]))
    AND (t.status IN ('offered', 'accepted') OR t.status = 'returned' AND t.reason = 'duplicate'))
ORDER BY o.id LIMIT $3

-- name: emergency_delayed
-- Orders in danger whose people or clocks waited (negotiated) after the event by which danger became known, before the matter was handed
-- over urgently, or a centre that acts in danger (this one, or one that offered it or stands on its path) had taken it. $1: orders, $2: waiting events, $3: this centre acts in danger,
-- $4: peers that act in danger, $5: statuses in which a matter has no result yet, $6: most.
SELECT o.id || ' ' || w.seq AS thing, o.id AS order_id,
       jsonb_build_object('number', coalesce(o.number, o.id::text), 'event', w.kind, 'since', w.at) AS detail
FROM orders o
CROSS JOIN LATERAL (
    SELECT min(e.seq) AS seq FROM events e WHERE e.order_id = o.id
    AND (e.kind LIKE 'danger.%' OR e.body::jsonb #>> '{asked,danger}' = 'true' OR e.body::jsonb #>> '{asked,facts,danger}' = 'true'
         OR e.body::jsonb ->> 'decision' = 'transfer_urgent')) AS known
CROSS JOIN LATERAL (
    SELECT e.seq, e.kind, e.at FROM events e WHERE e.order_id = o.id AND e.seq > known.seq AND e.kind LIKE ANY ($2::text[]) AND e.role <> 'peer'
    AND e.status = ANY ($5::text[])
    ORDER BY e.seq LIMIT 1) AS w
WHERE o.id = ANY ($1::uuid[]) AND o.danger
  AND NOT ($3::boolean AND o.accepted_at IS NOT NULL AND o.accepted_at <= w.at)
  AND NOT EXISTS (
        SELECT 1 FROM transfers t WHERE t.order_id = o.id
        AND (t.direction = 'out' AND t.urgent AND t.offered_at <= w.at
             OR t.peer = ANY ($4::text[]) AND t.direction = 'in' AND t.offered_at <= w.at
             OR t.peer = ANY ($4::text[]) AND t.status = 'accepted' AND coalesce(t.answered_at, t.offered_at) <= w.at))
  AND NOT EXISTS (
        SELECT 1 FROM jsonb_to_recordset(o.path) AS hop (centre text, at timestamptz) WHERE hop.centre = ANY ($4::text[]) AND hop.at <= w.at)
  AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.kind = 'emergency_delayed' AND f.thing = o.id || ' ' || w.seq AND f.seen_at IS NOT NULL)
LIMIT $6

-- name: message_unseen
-- $1: received before this, $2: most.
SELECT i.sender || ' ' || i.message_id AS thing, NULL::uuid AS order_id,
       jsonb_build_object('peer', i.sender, 'message', i.kind, 'status', i.status, 'why', coalesce(i.code, '') || ' ' || coalesce(i.text, ''),
                          'since', i.received_at) AS detail
FROM inbox i
WHERE i.status <> 'handled' AND i.received_at <= $1
  AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.kind = 'message_unseen' AND f.thing = i.sender || ' ' || i.message_id AND f.seen_at IS NOT NULL)
ORDER BY i.received_at LIMIT $2

-- name: worker_silent
-- Workers that ended without saying so and that no later one on their host stands for. $1: seen before this, $2: most.
SELECT w.id::text AS thing, NULL::uuid AS order_id, jsonb_build_object('host', w.host, 'pid', w.pid, 'since', w.seen_at) AS detail
FROM workers w
WHERE w.ended_at IS NULL AND w.seen_at <= $1
  AND NOT EXISTS (SELECT 1 FROM workers l WHERE l.host = w.host AND l.id <> w.id AND l.started_at > w.seen_at)
  AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.kind = 'worker_silent' AND f.thing = w.id::text AND f.seen_at IS NOT NULL)
LIMIT $2

-- name: no_worker
-- $1: seen before this.
SELECT 'worker' AS thing, NULL::uuid AS order_id, jsonb_build_object('since', (SELECT max(seen_at) FROM workers)) AS detail
WHERE NOT EXISTS (SELECT 1 FROM workers WHERE ended_at IS NULL AND seen_at > $1)

-- name: audit_silent
-- $1: run before this.
SELECT 'audit' AS thing, NULL::uuid AS order_id, jsonb_build_object('since', (SELECT at FROM audit_runs)) AS detail
WHERE NOT EXISTS (SELECT 1 FROM audit_runs WHERE at > $1)

-- name: hold_audit
-- One auditor of this node at a time, until the end of its transaction.
SELECT pg_try_advisory_xact_lock(hashtext('liandong audit'))

-- name: last_run
SELECT at, txid, position, swept FROM audit_runs

-- name: keep_run
INSERT INTO audit_runs (at, took_ms, found, txid, position, swept) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (one) DO UPDATE SET (at, took_ms, found, txid, position, swept)
    = (EXCLUDED.at, EXCLUDED.took_ms, EXCLUDED.found, EXCLUDED.txid, EXCLUDED.position, EXCLUDED.swept)

-- name: keep_findings
-- Each thing that was found has one open finding; each new one is an alarm. $1: ids of new findings, $2: ids of their alarms, $3: kinds,
-- $4: things, $5: orders, $6: severities, $7: zh, $8: en, $9: details, $10: now.
WITH found AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[])
        AS f (id, alarm_id, kind, thing, order_id, severity, zh, en, detail)
),
kept AS (
    INSERT INTO findings (id, kind, thing, order_id, severity, zh, en, detail, first_seen, last_seen)
    SELECT id, kind, thing, order_id, severity, zh, en, detail::jsonb, $10, $10 FROM found
    ON CONFLICT (kind, thing) WHERE over_at IS NULL
        DO UPDATE SET (last_seen, zh, en, detail) = (EXCLUDED.last_seen, EXCLUDED.zh, EXCLUDED.en, EXCLUDED.detail)
    RETURNING id
),
told AS (
    INSERT INTO alarms (id, at, kind, subject, severity, zh, en, order_id, finding_id)
    SELECT f.alarm_id, $10, 'finding.opened', f.kind, f.severity, f.zh, f.en, f.order_id, f.id FROM found f JOIN kept k ON k.id = f.id
    RETURNING 1
)
SELECT count(*) FROM told

-- name: end_findings
-- What was looked for and not found again is over, and said to be so. $1: kinds that were looked for whole, $2: kinds, $3: things found, $4: now.
WITH ended AS (
    UPDATE findings f SET over_at = $4
    WHERE f.over_at IS NULL AND f.kind = ANY ($1::text[])
      AND NOT EXISTS (SELECT 1 FROM unnest($2::text[], $3::text[]) AS g (kind, thing) WHERE g.kind = f.kind AND g.thing = f.thing)
    RETURNING f.id, f.kind, f.order_id, f.zh, f.en
),
told AS (
    INSERT INTO alarms (id, at, kind, subject, severity, zh, en, order_id, finding_id)
    SELECT gen_random_uuid(), $4, 'finding.ended', kind, 'info', '已恢复：' || zh, 'Over: ' || en, order_id, id FROM ended
    RETURNING 1
)
SELECT count(*) FROM told

-- name: see_finding
-- A person has seen it. $1: finding, $2: now, $3: who, $4: over at once.
UPDATE findings SET seen_at = coalesce(seen_at, $2), seen_by = coalesce(seen_by, $3),
       over_at = CASE WHEN $4 THEN coalesce(over_at, $2) ELSE over_at END
WHERE id = $1 RETURNING *

-- name: kind_of_finding
SELECT kind FROM findings WHERE id = $1

-- name: list_findings
-- $1: only open ones, $2: kind or null, $3: before this id or null, $4: limit.
SELECT f.id, f.kind, f.thing, f.order_id, o.number, f.severity, f.zh, f.en, f.detail, f.first_seen, f.last_seen, f.over_at, f.seen_at, f.seen_by
FROM findings f LEFT JOIN orders o ON o.id = f.order_id
WHERE (NOT $1 OR f.over_at IS NULL) AND ($2::text IS NULL OR f.kind = $2) AND ($3::uuid IS NULL OR f.id < $3)
ORDER BY f.id DESC LIMIT $4

-- name: count_findings
SELECT kind, count(*) AS count FROM findings WHERE over_at IS NULL GROUP BY kind

-- name: delayed_emergencies
-- Every matter ever found in which an emergency waited for a negotiation.
SELECT count(DISTINCT order_id) FROM findings WHERE kind = 'emergency_delayed'

-- name: start_worker
-- $1: id, $2: host, $3: process, $4: version, $5: now.
INSERT INTO workers (id, host, pid, version, started_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (id) DO UPDATE SET seen_at = EXCLUDED.seen_at, ended_at = NULL

-- name: worker_seen
UPDATE workers SET seen_at = $2 WHERE id = $1 RETURNING true

-- name: worker_ended
UPDATE workers SET seen_at = $2, ended_at = $2 WHERE id = $1

-- name: forget_workers
-- $1: seen before this.
DELETE FROM workers WHERE seen_at < $1

-- name: live_workers
-- $1: seen after this.
SELECT count(*) FROM workers WHERE ended_at IS NULL AND seen_at > $1
