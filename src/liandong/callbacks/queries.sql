-- name: plan
-- How the caller of this round is asked, decided once. $1: order, $2: round, $3: method, $4: rule, $5: now, $6: by phone from.
INSERT INTO call_plans (order_id, round, method, rule, planned_at, phone_from) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING RETURNING order_id

-- name: plan_done
-- These orders wait for no call any more. $1: orders, $2: when each left.
UPDATE call_plans p SET done_at = t.at FROM unnest($1::uuid[], $2::timestamptz[]) AS t (order_id, at)
WHERE p.order_id = t.order_id AND p.done_at IS NULL

-- name: to_call
-- Whom to call by phone now, the longest waiting first. $1: now, $2: after this moment, $3: after this order, $4: limit.
SELECT p.order_id, o.number, p.method, p.rule, p.planned_at, p.phone_from, o.call_backs, o.call_back_tried_at, o.unit, o.type,
       (SELECT t.due_at FROM timers t WHERE t.order_id = o.id AND t.name = 'callback') AS due_at
FROM call_plans p JOIN orders o ON o.id = p.order_id
WHERE p.done_at IS NULL AND p.phone_from <= $1 AND o.status = 'closed' AND /* within: o.division_code */ TRUE
  AND ($2::timestamptz IS NULL OR (p.phone_from, p.order_id) > ($2, $3))
ORDER BY p.phone_from, p.order_id LIMIT $4

-- name: division_of
-- $1: order.
SELECT division_code FROM orders WHERE id = $1

-- name: add_invite
-- $1: id, $2: order, $3: round, $4: method, $5: now, $6: expires.
INSERT INTO invites (id, order_id, round, method, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id

-- name: invite_now
-- The invitation of an order's present round. $1: order.
SELECT i.id, i.expires_at, i.used_at FROM invites i JOIN orders o ON o.id = i.order_id AND o.round = i.round WHERE i.order_id = $1

-- name: add_token
-- A token of an invitation, and that it goes out now. $1: digest, $2: invite, $3: now.
WITH token AS (INSERT INTO invite_tokens (digest, invite_id, made_at) VALUES ($1, $2, $3))
UPDATE invites SET sent_at = $3 WHERE id = $2 RETURNING id

-- name: invite_by_token
-- $1: digest.
SELECT i.id, i.order_id, i.round, i.method, i.expires_at, i.used_at, o.number, o.round AS round_now, o.status
FROM invite_tokens t JOIN invites i ON i.id = t.invite_id JOIN orders o ON o.id = i.order_id WHERE t.digest = $1

-- name: invite_tried
-- From where it is being used, before the order is asked. $1: invite, $2: address, $3: now.
UPDATE invites SET tried_from = $2, tried_at = $3 WHERE id = $1 AND used_at IS NULL

-- name: invite_used
-- $1: invite, $2: when.
UPDATE invites SET used_at = coalesce(used_at, $2) WHERE id = $1 RETURNING tried_from, sent_at

-- name: solved_said
-- What the last call-back before an event said of "solved". $1: order, $2: seq.
SELECT body FROM events WHERE order_id = $1 AND seq < $2 AND kind IN ('order.called_back', 'order.call_back_tried') ORDER BY seq DESC LIMIT 1

-- name: reopened_since
-- $1: order, $2: seq.
SELECT seq, actor FROM events WHERE order_id = $1 AND seq > $2 AND kind = 'order.reopened' ORDER BY seq

-- name: add_evaluation
INSERT INTO evaluations (order_id, round, seq, at, method, actor, address, phone_digest, sent_at, satisfaction, mapped, solved, words, unit, person, number, exercise)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING

-- name: evaluations_of
SELECT round, seq, at, method, actor, satisfaction, mapped, solved, words FROM evaluations WHERE order_id = $1 ORDER BY seq

-- name: by_actor
-- How many a seat wrote down since. $1: actor, $2: since, $3: until.
SELECT number FROM evaluations WHERE actor = $1 AND at > $2 AND at <= $3 AND exercise = 'actual' ORDER BY at DESC LIMIT 200

-- name: by_address
SELECT number FROM evaluations WHERE address = $1 AND at > $2 AND at <= $3 AND exercise = 'actual' ORDER BY at DESC LIMIT 200

-- name: by_phone
SELECT number FROM evaluations WHERE phone_digest = $1 AND at > $2 AND at <= $3 AND exercise = 'actual' ORDER BY at DESC LIMIT 200

-- name: flag
-- One open flag of a thing; seen again, it counts on. $1: id, $2: kind, $3: thing, $4: orders, $5: at, $6: actors.
INSERT INTO evaluation_flags (id, kind, thing, orders, first_at, last_at, count, actors) VALUES ($1, $2, $3, $4, $5, $5, 1, $6)
ON CONFLICT (kind, thing) WHERE status = 'open' DO UPDATE SET last_at = EXCLUDED.last_at, count = evaluation_flags.count + 1,
    orders = (SELECT coalesce(array_agg(DISTINCT n), '{}') FROM unnest(evaluation_flags.orders || EXCLUDED.orders) AS n),
    actors = (SELECT coalesce(array_agg(DISTINCT n), '{}') FROM unnest(evaluation_flags.actors || EXCLUDED.actors) AS n)
RETURNING count

-- name: flags
-- $1: status, $2: limit.
SELECT * FROM evaluation_flags WHERE status = $1 ORDER BY last_at DESC LIMIT $2

-- name: flag_by_id
SELECT * FROM evaluation_flags WHERE id = $1

-- name: decide_flag
-- $1: id, $2: status, $3: by, $4: now, $5: note.
UPDATE evaluation_flags SET status = $2, decided_by = $3, decided_at = $4, note = $5 WHERE id = $1 AND status = 'open' RETURNING *

-- name: add_reaction
INSERT INTO reactions (order_id, seq, rule, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: hold
-- One worker carries out reactions at a time; the lock goes with its connection.
SELECT pg_try_advisory_lock(hashtext('liandong reactions'))

-- name: release
SELECT pg_advisory_unlock(hashtext('liandong reactions'))

-- name: waiting_reactions
SELECT order_id, seq, rule, at FROM reactions WHERE done_at IS NULL ORDER BY at LIMIT $1

-- name: reaction_done
-- $1: order, $2: seq, $3: now, $4: outcome.
UPDATE reactions SET done_at = $3, outcome = $4 WHERE order_id = $1 AND seq = $2
