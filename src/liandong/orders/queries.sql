-- name: snapshots
-- Orders with what a decision needs, as one JSON text each. $1: order ids.
SELECT o.id, json_build_object(
    'order', row_to_json(o),
    'timers', (SELECT json_agg(row_to_json(t)) FROM timers t WHERE t.order_id = o.id AND t.status IN ('running', 'paused')),
    'dispatches', (SELECT json_agg(row_to_json(d) ORDER BY d.no) FROM dispatches d WHERE d.order_id = o.id),
    'transfers', (SELECT json_agg(row_to_json(t) ORDER BY t.offered_at, t.id) FROM transfers t WHERE t.order_id = o.id),
    'members', (SELECT json_agg(m.id) FROM orders m WHERE m.master_id = o.id AND m.status = 'merged'),
    'attachments', (SELECT json_agg(json_build_object(
        'id', a.id, 'order_id', a.order_id, 'name', a.name, 'media_type', a.media_type, 'size', a.size, 'sha256', a.sha256,
        'taken_at', a.taken_at, 'place', a.place, 'added_by', a.added_by, 'added_at', a.added_at, 'confidential', a.confidential,
        'origin', a.origin, 'status', a.status, 'received', a.received, 'reason', a.reason, 'created_at', a.created_at,
        'copies', (SELECT json_agg(json_build_object('peer', c.peer, 'status', c.status, 'sent', c.sent) ORDER BY c.peer)
                   FROM attachment_copies c WHERE c.order_id = a.order_id AND c.attachment_id = a.id)) ORDER BY a.created_at, a.id)
        FROM attachments a WHERE a.order_id = o.id),
    'oversights', (SELECT json_agg(row_to_json(s) ORDER BY s.no) FROM oversights s WHERE s.order_id = o.id))::text AS snapshot
FROM orders o WHERE o.id = ANY ($1::uuid[])

-- name: find
-- The id of an order by its own id, its matter's id or its number. $1: uuid or null, $2: number or null.
SELECT id FROM orders WHERE id = $1 OR matter_id = $1 OR number = $2

-- name: id_of_matter
SELECT id FROM orders WHERE matter_id = $1

-- name: request
-- What an idempotency key was used for before. $1: actor, $2: key.
SELECT digest, order_id FROM requests WHERE actor = $1 AND key = $2

-- name: event_at
-- Whether this very event was committed (after a connection was lost). $1: order, $2: seq, $3: event id.
SELECT 1 FROM events WHERE order_id = $1 AND seq = $2 AND id = $3

-- name: kinds_since
-- What happened to an order since somebody looked at it. $1: order, $2: the version that was seen.
SELECT DISTINCT kind FROM events WHERE order_id = $1 AND seq > $2

-- name: events
-- The ledger of one order, oldest first.
SELECT seq, status, kind, id, at, actor, role, number, body, hash FROM events WHERE order_id = $1 ORDER BY seq

-- name: feed
-- Events after a cursor, in an order in which no earlier one can still appear. $1: txid, $2: position, $3: limit.
-- Alarms stand among them, in the order in which they were written; they have no unit and no status.
(SELECT e.txid::text AS txid, e.position, e.txid AS place, e.order_id, e.seq, e.status, e.kind, e.id, e.at, e.actor, e.role, o.matter_id,
        o.number, o.unit, o.division_code, NULL::jsonb AS alarm
 FROM events e JOIN orders o ON o.id = e.order_id
 WHERE (e.txid, e.position) > ($1::text::xid8, $2::bigint) AND e.txid < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY e.txid, e.position LIMIT $3)
UNION ALL
(SELECT a.txid::text, a.position, a.txid, a.order_id, NULL, NULL, a.kind, a.id, a.at, NULL, NULL, o.matter_id, o.number, NULL, NULL,
        jsonb_build_object('subject', a.subject, 'severity', a.severity, 'zh', a.zh, 'en', a.en, 'finding_id', a.finding_id)
 FROM alarms a LEFT JOIN orders o ON o.id = a.order_id
 WHERE (a.txid, a.position) > ($1::text::xid8, $2::bigint) AND a.txid < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY a.txid, a.position LIMIT $3)
ORDER BY place, position LIMIT $3

-- name: shared_with
-- Which of these orders are matters shared with a centre. $1: the centre, $2: order ids.
SELECT DISTINCT order_id FROM transfers WHERE peer = $1 AND order_id = ANY ($2::uuid[])

-- name: helped_by
-- Which of these orders a unit has a share of now, in their last dispatch. $1: its org code, $2: order ids.
SELECT o.id FROM orders o
WHERE o.id = ANY ($2::uuid[]) AND o.assignment->'shares' @> jsonb_build_array(jsonb_build_object(
    'unit', $1::text, 'no', (SELECT max(d.no) FROM dispatches d WHERE d.order_id = o.id)))

-- name: feed_end
-- The cursor of the newest event or alarm that the feed may show.
SELECT place::text AS txid, position FROM (
    (SELECT txid AS place, position FROM events WHERE txid < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY txid DESC, position DESC LIMIT 1)
    UNION ALL
    (SELECT txid, position FROM alarms WHERE txid < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY txid DESC, position DESC LIMIT 1)) AS newest
ORDER BY place DESC, position DESC LIMIT 1

-- name: record_view
INSERT INTO views (at, actor, order_id, fields, reason) VALUES ($1, $2, $3, $4, $5)

-- name: status_counts
SELECT status, count(*) AS count FROM orders GROUP BY status
