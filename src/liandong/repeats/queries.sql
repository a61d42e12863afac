-- name: of_caller
-- The newest matters of a caller's number, by the index on it. $1: phone, $2: since when, $3: the exercise, $4: bound.
SELECT id, number, status, title, content, created_at, repeats, repeat_of, answer, closing, solved, satisfaction,
       coalesce(incident->>'address', '') AS address, (incident->'wgs84')::text AS wgs84, (incident->'gcj02')::text AS gcj02
FROM orders WHERE caller->>'phone' = $1 AND caller->>'phone' <> '' AND created_at >= $2 AND exercise = $3 ORDER BY id DESC LIMIT $4

-- name: have_answers
-- Whether anything of these callers was answered since then, in their order: most have nothing, and are spared the rest.
-- Each is one look by the index, however many ask together. $1: phones, $2: since when.
SELECT coalesce((
    SELECT true FROM orders o WHERE o.caller->>'phone' = a.phone AND o.caller->>'phone' <> '' AND o.created_at >= a.since
    AND o.status IN ('answered', 'fed_back', 'closed', 'called_back', 'evaluated', 'guided') LIMIT 1), false) AS answered
FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS a (phone, since, place) ORDER BY a.place

-- name: thread
-- All orders of one thread: up to the first matter, then down through everything that repeats it. $1: any order of it, $2: bound of the depth.
WITH RECURSIVE up (id, repeat_of, depth) AS (
    SELECT id, repeat_of, 0 FROM orders WHERE id = $1
    UNION ALL
    SELECT o.id, o.repeat_of, up.depth + 1 FROM up JOIN orders o ON o.id = up.repeat_of WHERE up.depth < $2
),
down (id, depth) AS (
    (SELECT id, 0 FROM up ORDER BY depth DESC LIMIT 1)
    UNION ALL
    SELECT o.id, down.depth + 1 FROM down JOIN orders o ON o.repeat_of = down.id AND o.repeat_of IS NOT NULL WHERE down.depth < $2
)
SELECT DISTINCT id FROM down ORDER BY id LIMIT 500

-- name: said
-- What was said in some orders, oldest first. $1: order ids, $2: kinds of events.
SELECT order_id, seq, kind, at, body FROM events WHERE order_id = ANY ($1::uuid[]) AND kind = ANY ($2::text[]) ORDER BY at, order_id, seq

-- name: to_review
-- Repeats that a supervisor has not looked at, oldest first. $1: after this id, $2: limit.
SELECT id FROM orders WHERE repeat_review IS NOT NULL AND repeat_review->>'reviewed_at' IS NULL AND id > $1
  AND /* within: division_code */ TRUE ORDER BY id LIMIT $2
