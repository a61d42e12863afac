-- name: take_cursor
-- How far a follower has come; whoever takes it is the only one until its transaction ends. $1: name.
SELECT txid, position FROM followers WHERE name = $1 FOR UPDATE SKIP LOCKED

-- name: events_after
-- Events after a cursor with their orders as they are now, in an order in which no earlier one can still appear. $1: txid, $2: position, $3: limit.
SELECT e.txid::text AS txid, e.position, e.order_id, e.seq, e.kind, e.status, e.at, e.actor, e.body, o.number, o.version, o.round, o.status AS status_now,
       o.unit, o.urgent, o.danger, o.confidential, o.exercise, o.channel, o.type, o.origin, o.solved, o.satisfaction, o.caller,
       (SELECT d.unit FROM dispatches d WHERE d.order_id = o.id ORDER BY d.no DESC LIMIT 1) AS last_unit,
       (SELECT d.person FROM dispatches d WHERE d.order_id = o.id ORDER BY d.no DESC LIMIT 1) AS last_person
FROM (SELECT * FROM events WHERE (txid, position) > ($1::text::xid8, $2::bigint) AND txid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY txid, position LIMIT $3) AS e JOIN orders o ON o.id = e.order_id
ORDER BY e.txid, e.position

-- name: move_cursor
UPDATE followers SET txid = $2, position = $3 WHERE name = $1

-- name: behind
-- How many seconds the oldest event that a follower has not read is old. $1: now.
SELECT f.name, coalesce(extract(epoch FROM $1::timestamptz - (SELECT e.at FROM events e WHERE (e.txid, e.position) > (f.txid::xid8, f.position)
    ORDER BY e.txid, e.position LIMIT 1)), 0)::float8 AS seconds FROM followers f
