-- name: next_orders
-- $1: after this id, $2: limit.
SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT $2

-- name: newly_delayed
-- Emergencies that the auditor found delayed after their row was written.
SELECT a.order_id FROM findings f JOIN assessed_orders a ON a.order_id = f.order_id WHERE f.kind = 'emergency_delayed' AND NOT a.delayed

-- name: drop_invented
-- Rows of orders that no longer count (they never were ours, after all). $1: orders.
DELETE FROM assessed_orders a USING orders o
WHERE a.order_id = ANY ($1::uuid[]) AND o.id = a.order_id AND (o.exercise <> 'actual' OR o.accepted_at IS NULL)

-- name: derive
-- Writes the row of each order anew from the order, its dispatches, transfers, timers and its ledger: the same input gives the same row.
-- What a unit owes is counted for the dispatch in force alone. A clock that was stopped without its result (returned, handed over) owes
-- nothing. $1: orders, $2: final statuses, $3: days within which the same question of the same number counts as repeated.
INSERT INTO assessed_orders AS a (
    order_id, version, kind, origin, channel, type, category, division, unit, status, final, invalid, urgent, danger,
    taken_at, dispatched_at, signed_at, arrived_at, handled_at, closed_at, called_back_at,
    sign_due, answer_due, callback_due, dispatch_due, arrival_due, ring_seconds,
    rounds, dispatches, returns, overdue, closing, reached, solved, satisfaction, repeated,
    offered_at, offers, bounced, take_seconds, transfer_late, negotiation_seconds, shared, delayed, excluded, clocks_version, contacted_at)
SELECT o.id, o.version, o.kind, o.origin, o.channel, o.type, coalesce(left(o.class_intake, 2), o.type, ''), coalesce(left(o.division_code, 6), ''),
       coalesce(o.unit, d.unit, ''), o.status, o.status = ANY ($2::text[]), o.invalid, o.urgent, o.danger,
       CASE WHEN o.origin = 'caller' THEN o.created_at ELSE o.accepted_at END, o.dispatched_at,
       CASE WHEN d.live THEN d.signed_at END, CASE WHEN d.live THEN d.arrived_at END, CASE WHEN d.live THEN d.fed_back_at END,
       o.closed_at, o.called_back_at,
       CASE WHEN d.live AND (t.sign_open OR d.signed_at IS NOT NULL) THEN t.sign_due END,
       CASE WHEN d.live AND (t.answer_open OR d.fed_back_at IS NOT NULL) THEN t.answer_due END,
       CASE WHEN o.closed_at IS NOT NULL AND (t.callback_open OR o.called_back_at IS NOT NULL) THEN t.callback_due END,
       CASE WHEN t.dispatch_open OR o.dispatched_at IS NOT NULL THEN t.dispatch_due END,
       CASE WHEN d.live AND (t.arrival_open OR d.arrived_at IS NOT NULL) THEN t.arrival_due END,
       extract(epoch FROM (o.call->>'answered_at')::timestamptz - (o.call->>'reached_at')::timestamptz),
       o.round, coalesce(d.dispatches, 0), coalesce(d.returns, 0), coalesce(e.overdue, 0), o.closing,
       o.revisited AND o.called_back_at IS NOT NULL, o.solved, o.satisfaction,
       EXISTS (
           SELECT 1 FROM orders b WHERE o.origin = 'caller' AND b.caller->>'phone' = o.caller->>'phone' AND o.caller->>'phone' <> '' AND b.caller->>'phone' <> ''
           AND b.id < o.id AND b.exercise = 'actual' AND b.origin = 'caller' AND b.created_at >= o.created_at - make_interval(days => $3::integer)
           AND coalesce(left(b.class_intake, 4), b.type, '') = coalesce(left(o.class_intake, 4), o.type, '')),
       x.offered_at, coalesce(x.offers, 0), coalesce(x.bounced, 0), x.take_seconds, coalesce(e.transfer_late, false), x.negotiation_seconds,
       coalesce(x.shared, false), EXISTS (SELECT 1 FROM findings f WHERE f.kind = 'emergency_delayed' AND f.order_id = o.id), c.reason, t.version,
       CASE WHEN coalesce(o.caller->>'phone', '') || coalesce(o.caller->>'contact_phone', '') = '' THEN d.fed_back_at ELSE e.contacted_at END
FROM orders o
LEFT JOIN LATERAL (
    SELECT count(*) AS dispatches, count(s.returned_at) AS returns, (array_agg(s.unit ORDER BY s.no DESC))[1] AS unit,
           (array_agg(s.signed_at ORDER BY s.no DESC))[1] AS signed_at, (array_agg(s.arrived_at ORDER BY s.no DESC))[1] AS arrived_at,
           (array_agg(s.fed_back_at ORDER BY s.no DESC))[1] AS fed_back_at,
           (array_agg(s.returned_at IS NULL AND s.dispatched_at IS NOT DISTINCT FROM o.dispatched_at ORDER BY s.no DESC))[1] AS live
    FROM dispatches s WHERE s.order_id = o.id) AS d ON true
LEFT JOIN LATERAL (
    SELECT max(m.due_at) FILTER (WHERE m.name = 'unit_accept') AS sign_due, bool_or(m.status IN ('running', 'fired')) FILTER (WHERE m.name = 'unit_accept') AS sign_open,
           max(m.due_at) FILTER (WHERE m.name = 'answer') AS answer_due, bool_or(m.status IN ('running', 'fired')) FILTER (WHERE m.name = 'answer') AS answer_open,
           max(m.due_at) FILTER (WHERE m.name = 'callback') AS callback_due, bool_or(m.status IN ('running', 'fired')) FILTER (WHERE m.name = 'callback') AS callback_open,
           max(m.due_at) FILTER (WHERE m.name = 'police_dispatch') AS dispatch_due, bool_or(m.status IN ('running', 'fired')) FILTER (WHERE m.name = 'police_dispatch') AS dispatch_open,
           max(m.due_at) FILTER (WHERE m.name = 'police_arrival') AS arrival_due, bool_or(m.status IN ('running', 'fired')) FILTER (WHERE m.name = 'police_arrival') AS arrival_open,
           max(m.policy_version) FILTER (WHERE m.name <> 'ladder') AS version  -- ladders have a table of their own
    FROM timers m WHERE m.order_id = o.id) AS t ON true
LEFT JOIN LATERAL (
    SELECT min(r.offered_at) FILTER (WHERE r.direction = 'out' AND NOT r.part) AS offered_at,
           count(*) FILTER (WHERE r.direction = 'out' AND NOT r.part) AS offers,
           count(*) FILTER (WHERE r.direction = 'out' AND NOT r.part AND r.status = 'returned' AND r.reason IS DISTINCT FROM 'duplicate') AS bounced,
           (array_agg(extract(epoch FROM r.answered_at - r.offered_at)::double precision ORDER BY r.offered_at, r.id)
               FILTER (WHERE r.direction = 'out' AND NOT r.part AND r.status = 'accepted' AND r.answered_at IS NOT NULL))[1] AS take_seconds,
           (array_agg(extract(epoch FROM r.answered_at - r.negotiated_at)::double precision ORDER BY r.negotiated_at, r.id)
               FILTER (WHERE r.negotiated_at IS NOT NULL AND r.answered_at IS NOT NULL))[1] AS negotiation_seconds,
           bool_or(r.status = 'accepted') AS shared
    FROM transfers r WHERE r.order_id = o.id) AS x ON true
LEFT JOIN LATERAL (SELECT max(b.seq) AS seq FROM events b WHERE o.round > 1 AND b.order_id = o.id AND b.kind = 'order.reopened') AS n ON true  -- where this round begins
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE v.kind = 'clock.overdue' AND v.role = 'clock' AND v.body::jsonb #>> '{asked,clock}' IN ('unit_accept', 'answer')) AS overdue,
           bool_or(v.role = 'clock' AND v.body::jsonb #>> '{asked,clock}' = 'transfer_accept') AS transfer_late,
           min(coalesce((v.body::jsonb #>> '{asked,happened_at}')::timestamptz, v.at)) FILTER (WHERE v.kind = 'contact.recorded'
               AND v.body::jsonb #>> '{asked,reached}' = 'true' AND v.seq > coalesce(n.seq, 0)) AS contacted_at
    FROM events v WHERE v.order_id = o.id AND (v.role = 'clock' OR v.kind = 'contact.recorded')) AS e ON true
LEFT JOIN exclusions c ON c.order_id = o.id AND c.status = 'approved'
WHERE o.id = ANY ($1::uuid[]) AND o.exercise = 'actual' AND o.accepted_at IS NOT NULL
ON CONFLICT (order_id) DO UPDATE SET (
    version, kind, origin, channel, type, category, division, unit, status, final, invalid, urgent, danger,
    taken_at, dispatched_at, signed_at, arrived_at, handled_at, closed_at, called_back_at,
    sign_due, answer_due, callback_due, dispatch_due, arrival_due, ring_seconds,
    rounds, dispatches, returns, overdue, closing, reached, solved, satisfaction, repeated,
    offered_at, offers, bounced, take_seconds, transfer_late, negotiation_seconds, shared, delayed, excluded, clocks_version, contacted_at) = (
    EXCLUDED.version, EXCLUDED.kind, EXCLUDED.origin, EXCLUDED.channel, EXCLUDED.type, EXCLUDED.category, EXCLUDED.division, EXCLUDED.unit,
    EXCLUDED.status, EXCLUDED.final, EXCLUDED.invalid, EXCLUDED.urgent, EXCLUDED.danger,
    EXCLUDED.taken_at, EXCLUDED.dispatched_at, EXCLUDED.signed_at, EXCLUDED.arrived_at, EXCLUDED.handled_at, EXCLUDED.closed_at, EXCLUDED.called_back_at,
    EXCLUDED.sign_due, EXCLUDED.answer_due, EXCLUDED.callback_due, EXCLUDED.dispatch_due, EXCLUDED.arrival_due, EXCLUDED.ring_seconds,
    EXCLUDED.rounds, EXCLUDED.dispatches, EXCLUDED.returns, EXCLUDED.overdue, EXCLUDED.closing, EXCLUDED.reached, EXCLUDED.solved,
    EXCLUDED.satisfaction, EXCLUDED.repeated, EXCLUDED.offered_at, EXCLUDED.offers, EXCLUDED.bounced, EXCLUDED.take_seconds, EXCLUDED.transfer_late,
    EXCLUDED.negotiation_seconds, EXCLUDED.shared, EXCLUDED.delayed, EXCLUDED.excluded, EXCLUDED.clocks_version, EXCLUDED.contacted_at)
WHERE EXCLUDED.version >= a.version

-- name: reconciliations
-- Comparisons with peers in a period, and those that found nothing to differ. $1: from, $2: to.
SELECT count(*) AS denominator, count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM jsonb_each_text(kinds) AS k WHERE k.value <> '0')) AS numerator
FROM reconciliations WHERE at >= $1 AND at < $2 AND error IS NULL

-- name: request_exclusion
-- $1: id, $2: order, $3: reason, $4: evidence, $5: attachments, $6: who, $7: now.
INSERT INTO exclusions (id, order_id, reason, evidence, attachments, requested_by, requested_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (order_id) WHERE status <> 'refused' DO NOTHING RETURNING *

-- name: decide_exclusion
-- $1: id, $2: status, $3: who, $4: now, $5: note.
UPDATE exclusions SET status = $2, decided_by = $3, decided_at = $4, note = $5 WHERE id = $1 AND status = 'requested' RETURNING *

-- name: exclusion
SELECT * FROM exclusions WHERE id = $1

-- name: list_exclusions
-- Newest first. $1: status or null, $2: before this id or null, $3: limit.
SELECT x.*, o.number FROM exclusions x JOIN orders o ON o.id = x.order_id
WHERE ($1::text IS NULL OR x.status = $1) AND ($2::uuid IS NULL OR x.id < $2) ORDER BY x.id DESC LIMIT $3

-- name: attachments_of
-- Those among the named files that belong to the order. $1: order, $2: files.
SELECT count(*) FROM attachments WHERE order_id = $1 AND id = ANY ($2::uuid[])

-- name: frozen
-- The freezing of a period that counts. $1: period.
SELECT * FROM frozen_periods WHERE period = $1 AND reopened_at IS NULL

-- name: list_frozen
-- $1: limit.
SELECT * FROM frozen_periods ORDER BY id DESC LIMIT $1

-- name: freeze
-- $1: id, $2: period, $3: from, $4: to, $5: now, $6: who, $7: signed figures.
INSERT INTO frozen_periods (id, period, starts_at, ends_at, frozen_at, frozen_by, signed) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: freeze_orders
-- $1: the freezing, $2: from, $3: to. Every row that any measure of the period is counted from.
INSERT INTO frozen_orders SELECT $1::uuid, a.* FROM assessed_orders a
WHERE (a.taken_at >= $2 AND a.taken_at < $3) OR (a.answer_due >= $2 AND a.answer_due < $3) OR (a.callback_due >= $2 AND a.callback_due < $3)
   OR (a.called_back_at >= $2 AND a.called_back_at < $3) OR (a.offered_at >= $2 AND a.offered_at < $3)
ORDER BY a.order_id

-- name: digest_of_frozen
-- One hash over the frozen rows, in order of their ids. Rows of before `contacted_at` was kept hash as they did. $1: the freezing.
SELECT count(*) AS count, encode(sha256(coalesce(string_agg(sha256(convert_to(CASE WHEN f.contacted_at IS NULL THEN regexp_replace(f::text, ',\)$', ')') ELSE f::text END, 'UTF8')), NULL::bytea ORDER BY f.order_id), '\x')), 'hex') AS digest
FROM frozen_orders f WHERE f.frozen_id = $1

-- name: reopen
-- $1: period, $2: now, $3: who, $4: why.
UPDATE frozen_periods SET reopened_at = $2, reopened_by = $3, reason = $4 WHERE period = $1 AND reopened_at IS NULL RETURNING *

-- name: frozen_with
-- Frozen periods that count this order. $1: order.
SELECT p.period FROM frozen_periods p JOIN frozen_orders f ON f.frozen_id = p.id WHERE p.reopened_at IS NULL AND f.order_id = $1 ORDER BY 1

-- name: texts_of
-- What stands in a list of orders. $1: orders.
SELECT id, number, title, content FROM orders WHERE id = ANY ($1::uuid[])
