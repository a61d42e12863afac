-- name: to_gather
-- The newest matters of the time, drills and void ones left out. $1: first id, $2: statuses that stand for nothing, $3: limit.
SELECT id, title, content, created_at, coalesce(division_code, '') AS division, coalesce(class_confirmed, class_intake, '') AS class, coalesce(unit, '') AS unit
FROM orders WHERE id >= $1 AND exercise = 'actual' AND status <> ALL ($2::text[]) AND NOT invalid ORDER BY id DESC LIMIT $3

-- name: hold
SELECT pg_try_advisory_xact_lock(hashtext('liandong topics'))

-- name: last_kept
SELECT max(kept_at) FROM topics

-- name: alive_members
SELECT t.id, t.growing, t.told_at, m.order_id FROM topics t JOIN topic_orders m ON m.topic_id = t.id WHERE t.alive

-- name: keep_topic
-- $1: id, $2: name, $3: words, $4: size, $5: first day, $6: last day, $7: of the last week, $8: growth, $9: growing, $10: places, $11: classes,
-- $12: days, $13: unit, $14: now.
INSERT INTO topics (id, name, words, size, first_on, last_on, recent, growth, growing, places, classes, days, unit, alive, status, found_at, kept_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb, $11::text::jsonb, $12::text::jsonb, $13, true, 'found', $14, $14)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, words = excluded.words, size = excluded.size, first_on = least(topics.first_on, excluded.first_on),
    last_on = excluded.last_on, recent = excluded.recent, growth = excluded.growth, growing = excluded.growing, places = excluded.places,
    classes = excluded.classes, days = excluded.days, unit = excluded.unit, alive = true, kept_at = excluded.kept_at,
    told_at = CASE WHEN excluded.growing THEN topics.told_at END

-- name: keep_members
INSERT INTO topic_orders (topic_id, order_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING

-- name: end_others
-- What was not found again is over; what people act on stays until they say so. $1: ids found, $2: now.
UPDATE topics SET alive = false, growing = false, told_at = NULL, kept_at = $2 WHERE alive AND id <> ALL ($1::uuid[]) AND status <> 'acting'

-- name: tell
-- Topics that grow and that nobody was told of. $1: now.
UPDATE topics SET told_at = $1 WHERE alive AND growing AND told_at IS NULL AND status <> 'dismissed'
RETURNING id, name, size, recent, growth, places::text AS places, unit

-- name: list
-- $1: growing only, $2: status or null, $3: limit.
SELECT t.*, t.places::text AS places_text, t.classes::text AS classes_text, t.days::text AS days_text FROM topics t
WHERE alive AND (NOT $1 OR growing) AND ($2::text IS NULL OR status = $2) ORDER BY size DESC, id LIMIT $3

-- name: topic
SELECT t.*, t.places::text AS places_text, t.classes::text AS classes_text, t.days::text AS days_text FROM topics t WHERE id = $1

-- name: orders_of
-- $1: topic, $2: after this id or null, $3: limit.
SELECT o.id, o.number, CASE WHEN o.confidential THEN '' ELSE coalesce(nullif(o.title, ''), left(o.content, 60)) END AS title, o.confidential, o.status,
       o.division_code, o.unit, o.created_at, coalesce(o.class_confirmed, o.class_intake) AS class_code,
       (coalesce(o.incident->'gcj02', o.incident->'wgs84')->>'lon')::float8 AS lon, (coalesce(o.incident->'gcj02', o.incident->'wgs84')->>'lat')::float8 AS lat
FROM topic_orders m JOIN orders o ON o.id = m.order_id WHERE m.topic_id = $1 AND ($2::uuid IS NULL OR m.order_id < $2) ORDER BY m.order_id DESC LIMIT $3

-- name: of_orders
-- The living topics that hold one of these orders. $1: order ids.
SELECT m.order_id, t.id, t.name, t.size, t.growing FROM topic_orders m JOIN topics t ON t.id = m.topic_id
WHERE m.order_id = ANY ($1::uuid[]) AND t.alive AND t.status <> 'dismissed'

-- name: log
SELECT at, actor, status, unit, text FROM topic_log WHERE topic_id = $1 ORDER BY id DESC LIMIT 100

-- name: step
-- $1: topic, $2: status, $3: unit or null.
UPDATE topics SET status = $2, unit = coalesce($3, unit) WHERE id = $1 RETURNING id

-- name: add_step
-- $1: topic, $2: now, $3: actor, $4: status, $5: unit, $6: text.
INSERT INTO topic_log (topic_id, at, actor, status, unit, text) VALUES ($1, $2, $3, $4, $5, $6)
