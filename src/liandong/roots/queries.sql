-- name: last_position
-- The newest position that was ever given out, committed or not. Null: none yet.
SELECT pg_sequence_last_value(pg_get_serial_sequence('events', 'position')::regclass)

-- name: next_transaction
SELECT pg_snapshot_xmax(pg_current_snapshot())::text

-- name: is_settled
-- Every transaction before $1 has ended.
SELECT pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8

-- name: summarize
-- Brings the index by position up to date with the newest pages, so that a day is found without reading the tail of the table.
SELECT brin_summarize_new_values('events_by_position'::regclass)

-- name: lock_sealing
SELECT pg_advisory_xact_lock(hashtext('liandong seal'))

-- name: last_sealed
SELECT day, after_position, until_position, count, buckets, previous, root FROM sealed_days ORDER BY day DESC LIMIT 1

-- name: first_event_at
-- The decision's time of the very first event; by an index, whatever their number.
SELECT at FROM events ORDER BY txid, position LIMIT 1

-- name: first_position_from
-- The first event in a range of positions whose decision is not before a moment. $1: after, $2: until, $3: moment.
SELECT min(position) FROM events WHERE position > $1 AND position <= $2 AND at >= $3

-- name: buckets_between
-- The bucket roots of the events in a range of positions. $1: after, $2: until.
SELECT get_byte(uuid_send(order_id), 15) AS bucket, count(*) AS count,
       sha256(string_agg(uuid_send(order_id) || int4send(seq) || hash, ''::bytea ORDER BY order_id, seq, hash)) AS root
FROM events WHERE position > $1 AND position <= $2 GROUP BY 1

-- name: leaves_between
-- The same leaves for the second reading. $1: after, $2: until.
SELECT order_id, seq, hash FROM events WHERE position > $1 AND position <= $2 ORDER BY order_id, seq, hash

-- name: seal
INSERT INTO sealed_days (day, after_position, until_position, count, buckets, previous, root, sealed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: heads_between
-- Where the matters shared with a peer stood at the end of a range. $1: after, $2: until, $3: peer.
WITH newest AS MATERIALIZED (
    SELECT DISTINCT ON (order_id) order_id, seq, hash FROM events WHERE position > $1 AND position <= $2 ORDER BY order_id, seq DESC
)
SELECT o.matter_id, n.seq, n.hash FROM newest n JOIN orders o ON o.id = n.order_id
WHERE EXISTS (SELECT 1 FROM transfers t WHERE t.order_id = n.order_id AND t.peer = $3) ORDER BY o.matter_id

-- name: sealed_days
-- $1: after this day, $2: limit.
SELECT day, after_position, until_position, count, buckets, previous, root FROM sealed_days WHERE day > $1 ORDER BY day LIMIT $2

-- name: sealed_on
SELECT day, after_position, until_position, count, buckets, previous, root FROM sealed_days WHERE day = ANY ($1::date[]) ORDER BY day

-- name: seal_span
SELECT min(day) AS first, max(day) AS newest FROM sealed_days

-- name: roots_of_day
-- What a peer announced for a day, oldest first. $1: peer, $2: day.
SELECT root FROM peer_roots WHERE peer = $1 AND day = $2 ORDER BY place

-- name: root_before
-- The newest day of a peer before a day, as first announced. $1: peer, $2: day.
SELECT day, root FROM peer_roots WHERE peer = $1 AND day < $2 ORDER BY day DESC, place LIMIT 1

-- name: root_after
SELECT day, previous FROM peer_roots WHERE peer = $1 AND day > $2 ORDER BY day, place LIMIT 1

-- name: keep_root
-- $1: peer, $2: day, $3: root, $4: previous, $5: count, $6: buckets, $7: heads, $8: message, $9: now.
INSERT INTO peer_roots (peer, day, root, previous, count, buckets, heads, message_id, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING

-- name: heads_against
-- Heads held of a peer that speak against the new ones: another hash under the same number, or a higher number from an earlier day.
-- $1: peer, $2: matters, $3: numbers, $4: hashes, $5: day.
SELECT n.matter_id, n.seq, h.seq AS held_seq, h.day AS held_day
FROM unnest($2::uuid[], $3::integer[], $4::bytea[]) AS n (matter_id, seq, hash)
JOIN peer_heads h ON h.peer = $1 AND h.matter_id = n.matter_id
WHERE (h.seq = n.seq AND h.hash <> n.hash) OR (h.seq > n.seq AND h.day <= $5)
ORDER BY n.matter_id, h.seq

-- name: keep_heads
-- $1: peer, $2: matters, $3: numbers, $4: hashes, $5: day, $6: message, $7: now.
INSERT INTO peer_heads (peer, matter_id, seq, hash, day, message_id, received_at)
SELECT $1, n.matter_id, n.seq, n.hash, $5, $6, $7 FROM unnest($2::uuid[], $3::integer[], $4::bytea[]) AS n (matter_id, seq, hash)
ON CONFLICT DO NOTHING

-- name: held_days
-- What we hold of a peer's days, with every root that came for them in the order of arrival. $1: peer, $2: after, $3: limit.
SELECT day, array_agg(root ORDER BY place) AS roots, (array_agg(buckets ORDER BY place))[1] AS buckets, (array_agg(count ORDER BY place))[1] AS count
FROM peer_roots WHERE peer = $1 AND day > $2 GROUP BY day ORDER BY day LIMIT $3

-- name: held_heads
-- $1: peer, $2: after this matter, $3: and this number, $4: limit.
SELECT matter_id, seq, hash, day FROM peer_heads WHERE peer = $1 AND (matter_id, seq) > ($2, $3) ORDER BY matter_id, seq LIMIT $4

-- name: thread_received
-- The newest notice of a thread from a peer. $1: peer, $2: thread.
SELECT coalesce(max(seq), 0) FROM inbox WHERE sender = $1 AND matter_id = $2

-- name: thread_sent
-- The newest notice of a thread that a peer has acknowledged, and how many wait. $1: peer, $2: thread.
SELECT coalesce(max(seq) FILTER (WHERE status = 'delivered'), 0) AS delivered, count(*) FILTER (WHERE status <> 'delivered') AS waiting
FROM outbox WHERE peer = $1 AND matter_id = $2

-- name: announced_days
-- The days that were announced to a peer and are still waiting for it. $1: peer, $2: thread.
SELECT DISTINCT body::jsonb->>'day' AS day FROM outbox WHERE peer = $1 AND matter_id = $2 AND status <> 'delivered'

-- name: heads_now
-- Our events with these numbers, of matters that we share with the asking peer. $1: peer, $2: matters, $3: numbers.
SELECT a.matter_id, a.seq, e.hash
FROM unnest($2::uuid[], $3::integer[]) AS a (matter_id, seq)
LEFT JOIN orders o ON o.matter_id = a.matter_id AND EXISTS (SELECT 1 FROM transfers t WHERE t.order_id = o.id AND t.peer = $1)
LEFT JOIN LATERAL (SELECT hash FROM events e WHERE e.order_id = o.id AND e.seq = a.seq LIMIT 1) e ON true

-- name: own_heads
-- The same for ourselves, whether the matter is still shared or not, with our number of the order. $1: matters, $2: numbers.
SELECT a.matter_id, a.seq, e.hash, o.number
FROM unnest($1::uuid[], $2::integer[]) AS a (matter_id, seq)
LEFT JOIN orders o ON o.matter_id = a.matter_id
LEFT JOIN LATERAL (SELECT hash FROM events e WHERE e.order_id = o.id AND e.seq = a.seq LIMIT 1) e ON true

-- name: numbers_of_matters
SELECT matter_id, number FROM orders WHERE matter_id = ANY ($1::uuid[])

-- name: orders_in_bucket
-- The orders with an event in a range of positions whose id ends in one byte. $1: after, $2: until, $3: byte, $4: limit.
SELECT DISTINCT e.order_id, coalesce(o.number, e.order_id::text) AS number FROM events e LEFT JOIN orders o ON o.id = e.order_id
WHERE e.position > $1 AND e.position <= $2 AND get_byte(uuid_send(e.order_id), 15) = $3 ORDER BY 2 LIMIT $4

-- name: roots_checked
-- For the figures: how many days each peer has announced and we have checked.
SELECT peer, count(DISTINCT day) AS days FROM peer_roots GROUP BY peer
