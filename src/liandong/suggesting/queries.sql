-- name: in_force
SELECT name, version, digest FROM models WHERE status = 'in_force' ORDER BY name

-- name: files
-- $1: name, $2: version.
SELECT card::text AS card, files, digest FROM models WHERE name = $1 AND version = $2

-- name: list_models
SELECT name, version, status, card::text AS card, digest, made_at, made_by, octet_length(files) AS size FROM models ORDER BY name, version DESC

-- name: next_version
SELECT coalesce(max(version), 0) + 1 FROM models WHERE name = $1

-- name: hold_models
SELECT pg_advisory_xact_lock(hashtext('liandong models'))

-- name: add_model
-- $1: name, $2: version, $3: card, $4: files, $5: now, $6: by.
INSERT INTO models (name, version, status, card, files, digest, made_at, made_by)
VALUES ($1, $2, 'candidate', $3::text::jsonb, $4, encode(sha256($4), 'hex'), $5, $6)

-- name: status_of
-- $1: name, $2: version.
SELECT status FROM models WHERE name = $1 AND version = $2

-- name: current
SELECT version FROM models WHERE name = $1 AND status = 'in_force'

-- name: retire
UPDATE models SET status = 'retired' WHERE name = $1 AND status = 'in_force'

-- name: put_in_force
-- $1: name, $2: version.
UPDATE models SET status = 'in_force' WHERE name = $1 AND version = $2

-- name: log_model
-- $1: now, $2: name, $3: version, $4: event, $5: actor, $6: reason, $7: version before or null.
INSERT INTO model_log (at, name, version, event, actor, reason, before) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: model_log
-- $1: name or null, $2: limit.
SELECT at, name, version, event, actor, reason, before FROM model_log WHERE $1::text IS NULL OR name = $1 ORDER BY id DESC LIMIT $2

-- name: put_in_force_before
-- The version that the one now in force took the place of. $1: name, $2: the version in force.
SELECT before FROM model_log WHERE name = $1 AND version = $2 AND event IN ('promoted', 'rolled_back') ORDER BY id DESC LIMIT 1

-- name: last_trained
-- $1: name.
SELECT max(made_at) FROM models WHERE name = $1

-- name: last_event
-- $1: name, $2: version, $3: event.
SELECT at FROM model_log WHERE name = $1 AND version = $2 AND event = $3 ORDER BY id DESC LIMIT 1

-- name: keep_shown
-- What a person was shown last, a row a field; what had been shown before it goes to `earlier` when the first guess is another one.
-- $1: actor, $2: draft, $3: now, $4: local day, $5: array of {field, model, version, guesses, unsure}.
INSERT INTO suggestions (actor, draft, field, model, version, guesses, unsure, earlier, first_at, last_at, day)
SELECT $1, $2, s->>'field', s->>'model', s->>'version', s->'guesses', (s->>'unsure')::boolean, '[]', $3, $3, $4
FROM jsonb_array_elements($5::text::jsonb) s
ON CONFLICT (actor, draft, field) DO UPDATE SET
    earlier = CASE
        WHEN (suggestions.guesses->0->>'code', suggestions.model, suggestions.version)
             IS NOT DISTINCT FROM (excluded.guesses->0->>'code', excluded.model, excluded.version)
             OR jsonb_array_length(suggestions.earlier) >= 20 THEN suggestions.earlier
        ELSE suggestions.earlier || jsonb_build_array(jsonb_build_object('at', suggestions.last_at, 'model', suggestions.model,
             'version', suggestions.version, 'guesses', suggestions.guesses))
    END,
    model = excluded.model, version = excluded.version, guesses = excluded.guesses, unsure = excluded.unsure, last_at = excluded.last_at
WHERE suggestions.order_id IS NULL

-- name: link_shown
-- A draft's Idempotency-Key is its id: what became an order is found by it. $1: since.
UPDATE suggestions s SET order_id = r.order_id FROM requests r
WHERE s.order_id IS NULL AND s.last_at >= $1 AND r.actor = s.actor AND r.key = s.draft
RETURNING s.order_id

-- name: keep_chosen
-- What people set on these orders, once it is there: the class and the type at intake, the unit of the first dispatch; and what it became:
-- the class that was confirmed, the unit that has the order when it is resolved. $1: order ids, $2: statuses that are resolved.
WITH stands AS (
    SELECT o.id, o.class_intake, o.type, d.unit AS first_unit, coalesce(o.class_confirmed, o.class_intake, '') AS class,
           coalesce(left(o.division_code, 6), '') AS district,
           CASE WHEN o.status = ANY ($2::text[]) THEN o.unit END AS handled,
           CASE WHEN o.status = ANY ($2::text[]) THEN coalesce(o.class_confirmed, o.class_intake) END AS confirmed,
           CASE WHEN o.status = ANY ($2::text[]) THEN o.type END AS last_type
    FROM orders o LEFT JOIN dispatches d ON d.order_id = o.id AND d.no = 1
    WHERE o.id = ANY ($1::uuid[])
)
UPDATE suggestions s SET
    class = t.class, district = t.district,
    chosen = coalesce(s.chosen, CASE s.field WHEN 'class' THEN t.class_intake WHEN 'type' THEN t.type ELSE t.first_unit END),
    became = coalesce(CASE s.field WHEN 'class' THEN t.confirmed WHEN 'type' THEN t.last_type ELSE t.handled END, s.became)
FROM stands t WHERE s.order_id = t.id
RETURNING s.day

-- name: days_due
INSERT INTO suggestion_days_due (day) SELECT DISTINCT unnest($1::date[]) ON CONFLICT DO NOTHING

-- name: take_days
DELETE FROM suggestion_days_due WHERE day IN (SELECT day FROM suggestion_days_due ORDER BY day LIMIT $1) RETURNING day

-- name: clear_day
DELETE FROM suggestion_days WHERE day = $1

-- name: count_day
-- $1: day.
INSERT INTO suggestion_days (day, field, model, version, class, district, shown, unsure, chosen, accepted, in_three, became, held)
SELECT day, field, model, version, left(class, 2), district, count(*), count(*) FILTER (WHERE unsure), count(chosen),
       count(*) FILTER (WHERE chosen = guesses->0->>'code'),
       count(*) FILTER (WHERE chosen IN (guesses->0->>'code', guesses->1->>'code', guesses->2->>'code')),
       count(became), count(*) FILTER (WHERE became = guesses->0->>'code')
FROM suggestions WHERE day = $1 AND order_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6

-- name: figures
-- $1: from, $2: to (local days), $3: field or null.
SELECT day, field, model, version, class, district, shown, unsure, chosen, accepted, in_three, became, held FROM suggestion_days
WHERE day BETWEEN $1 AND $2 AND ($3::text IS NULL OR field = $3)

-- name: shown_of_order
SELECT field, model, version, guesses::text AS guesses, unsure, earlier::text AS earlier, first_at, last_at, actor, chosen, became
FROM suggestions WHERE order_id = $1 ORDER BY field, last_at

-- name: forget
-- Single suggestions that are older than the city keeps them; their counts stay. $1: before this day, $2: limit.
DELETE FROM suggestions WHERE ctid = ANY (ARRAY(SELECT ctid FROM suggestions WHERE day < $1 ORDER BY day LIMIT $2))

-- name: similar
-- The newest orders of a class that have a result. $1: class, $2: statuses with a result, $3: not this order, $4: limit.
SELECT id, number, title, content, coalesce(class_confirmed, class_intake) AS class_code, unit, closing, created_at FROM orders
WHERE coalesce(class_confirmed, class_intake) = $1 AND status = ANY ($2::text[]) AND exercise = 'actual' AND id <> $3 ORDER BY id DESC LIMIT $4

-- name: examples
-- Closed orders to learn from, the newest first; drills and what was withdrawn teach nothing. $1: first id, $2: statuses, $3: limit.
SELECT o.id, o.title, o.content, coalesce(o.class_confirmed, o.class_intake, '') AS class_code, coalesce(o.type, '') AS type,
       CASE WHEN o.closing = 'answered_directly' THEN '' ELSE coalesce(o.unit, '') END AS unit, coalesce(o.division_code, '') AS division,
       o.assignment->'shares' AS shares, o.created_at
FROM orders o WHERE o.id >= $1 AND o.status = ANY ($2::text[]) AND o.exercise = 'actual' AND NOT o.invalid ORDER BY o.id DESC LIMIT $3

-- name: class_shares
-- What came in since. $1: first id.
SELECT coalesce(class_confirmed, class_intake) AS class, count(*) AS count FROM orders
WHERE id >= $1 AND exercise = 'actual' AND coalesce(class_confirmed, class_intake) IS NOT NULL GROUP BY 1

-- name: self_candidates
-- Orders that nobody has touched since they came. $1: since, $2: until, $3: limit.
SELECT o.id FROM orders o
WHERE o.status = 'accepted' AND o.created_at >= $1 AND o.created_at < $2 AND o.version = 1 AND o.responsible AND o.exercise = 'actual'
      AND NOT EXISTS (SELECT FROM self_dispatches s WHERE s.order_id = o.id)
ORDER BY o.id LIMIT $3

-- name: keep_self
-- $1: order, $2: now, $3: outcome, $4: why, $5: class, $6: unit, $7: probability, $8: models, $9: sampled.
INSERT INTO self_dispatches (order_id, at, outcome, why, class, unit, probability, models, sampled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING

-- name: not_sent
-- $1: order, $2: why.
UPDATE self_dispatches SET outcome = 'asked', why = $2, sampled = false WHERE order_id = $1

-- name: left_behind
-- Written down as sent by a process that died before it went. $1: since, $2: until.
UPDATE self_dispatches s SET outcome = 'asked', why = '没有派出：进程中断', sampled = false FROM orders o
WHERE s.outcome = 'sent' AND s.at BETWEEN $1 AND $2 AND o.id = s.order_id AND o.version = 1 AND o.status = 'accepted'

-- name: self_state
SELECT stopped, since, by, reason FROM self_dispatch_state

-- name: set_self_state
-- $1: stopped, $2: now, $3: by, $4: reason.
UPDATE self_dispatch_state SET stopped = $1, since = $2, by = $3, reason = $4

-- name: self_to_check
-- $1: limit.
SELECT s.order_id, o.number, o.title, left(o.content, 300) AS content, o.status, s.at, s.why, s.class, s.unit, s.probability, s.models
FROM self_dispatches s JOIN orders o ON o.id = s.order_id WHERE s.sampled AND s.checked_at IS NULL ORDER BY s.at LIMIT $1

-- name: check_self
-- $1: order, $2: now, $3: by, $4: right, $5: reason.
UPDATE self_dispatches SET checked_at = $2, checked_by = $3, was_right = $4, reason = $5
WHERE order_id = $1 AND sampled AND checked_at IS NULL RETURNING order_id

-- name: self_counts
-- Of those sent since: checked, wrong by a check, given back by the unit. $1: since.
SELECT count(*) AS sent, count(*) FILTER (WHERE sampled) AS sampled, count(checked_at) AS checked,
       count(*) FILTER (WHERE was_right IS false) AS wrong,
       count(*) FILTER (WHERE EXISTS (SELECT FROM order_returns r WHERE r.order_id = s.order_id AND r.no = 1 AND r.status <> 'refused')) AS returned
FROM self_dispatches s WHERE outcome = 'sent' AND at >= $1
