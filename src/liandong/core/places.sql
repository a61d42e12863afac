-- name: hold_reader
-- One reader of this name at a time, until the end of its transaction. $1: reader.
SELECT pg_try_advisory_xact_lock(hashtext('liandong reader ' || $1::text))

-- name: wait_reader
-- The same, but waits for it. $1: reader.
SELECT pg_advisory_xact_lock(hashtext('liandong reader ' || $1::text))

-- name: place
-- $1: reader.
SELECT txid, position, read_at FROM reading_places WHERE reader = $1

-- name: keep_place
-- $1: reader, $2: txid, $3: position, $4: now.
INSERT INTO reading_places (reader, txid, position, read_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (reader) DO UPDATE SET (txid, position, read_at) = (EXCLUDED.txid, EXCLUDED.position, EXCLUDED.read_at)

-- name: touched
-- The orders of the events after a place, and where the reading ended. $1: txid, $2: position, $3: limit.
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

-- name: events_after
-- Events after a place with their orders as they are now, in an order in which no earlier one can still appear. $1: txid, $2: position, $3: limit.
SELECT e.txid::text AS txid, e.position, e.order_id, e.seq, e.kind, e.status, e.at, e.actor, e.body, o.number, o.version, o.round, o.status AS status_now,
       o.unit, o.urgent, o.danger, o.confidential, o.exercise, o.channel, o.type, o.origin, o.solved, o.satisfaction, o.caller,
       (SELECT d.unit FROM dispatches d WHERE d.order_id = o.id ORDER BY d.no DESC LIMIT 1) AS last_unit,
       (SELECT d.person FROM dispatches d WHERE d.order_id = o.id ORDER BY d.no DESC LIMIT 1) AS last_person
FROM (SELECT * FROM events WHERE (txid, position) > ($1::text::xid8, $2::bigint) AND txid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY txid, position LIMIT $3) AS e JOIN orders o ON o.id = e.order_id
ORDER BY e.txid, e.position

-- name: behind
-- How many seconds the oldest event that a reader has not read is old. $1: now.
SELECT p.reader, coalesce(extract(epoch FROM $1::timestamptz - (SELECT e.at FROM events e WHERE (e.txid, e.position) > (p.txid::xid8, p.position)
    ORDER BY e.txid, e.position LIMIT 1)), 0)::float8 AS seconds FROM reading_places p
