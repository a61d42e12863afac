-- name: orders
-- Real orders, as the hotline takes them in: 85 of 100 answered on the phone.
INSERT INTO orders (id, matter_id, number, kind, status, version, head, round, responsible, first_receiver, origin, exercise, channel, type, class_intake,
    urgent, danger, confidential, division_code, unit, title, content, caller, incident, call, closing, satisfaction, solved, call_backs, tags, merged,
    revisited, fed_back, invalid, created_at, accepted_at, dispatched_at, signed_at, answered_at, closed_at, called_back_at, updated_at)
SELECT uuidv7(-interval '1 hour'), uuidv7(), 'n' || n, 'work_order', 'closed', 6, '\x00', 1, true, '12345', 'caller', 'actual', 'phone',
    (ARRAY['consultation', 'help', 'complaint'])[1 + n % 3], lpad((1 + n % 20)::text, 2, '0') || '0101', false, false, false, (120101 + n % 6)::text,
    'u' || n % 120, '', repeat('路灯坏了请来修', 10), jsonb_build_object('phone', '138' || n % 20000), '{}', '{}',
    CASE WHEN n % 100 < 85 THEN 'answered_directly' ELSE 'handled' END, 5, true, 1, '{}', false, true, false, false,
    t, t, t, t + interval '1 hour', t + interval '2 days', t + interval '2 days', t + interval '3 days', t
FROM generate_series(1, :rows) AS n, LATERAL (SELECT timestamptz '2025-10-01' + n * interval '60 seconds' AS t) AS at

-- name: dispatches
INSERT INTO dispatches (order_id, no, unit, dispatched_at, signed_at, fed_back_at)
SELECT id, 1, unit, dispatched_at, signed_at, answered_at FROM orders WHERE closing = 'handled'

-- name: timers
INSERT INTO timers (order_id, name, status, due_at, started_at, policy_version)
SELECT o.id, c, 'stopped', o.created_at + interval '5 days', o.created_at, '2025.1' FROM orders o, unnest(ARRAY['unit_accept', 'answer', 'callback']) AS c

-- name: events
INSERT INTO events (order_id, seq, status, kind, id, at, actor, role, body, hash)
SELECT o.id, s, 'closed', 'order.closed', gen_random_uuid(), o.created_at, 'bench', CASE WHEN s = 5 THEN 'clock' ELSE 'call_taker' END,
    '{"asked":{"clock":"callback"}}', '\x00' FROM orders o, generate_series(1, 6) AS s

-- name: assessed
-- A year of rows at the rates of a real hotline: 85 of 100 answered on the phone, 1 of 40 shared with another centre, 37 of 100 repeated.
INSERT INTO assessed_orders (order_id, version, kind, origin, channel, type, category, division, unit, status, final, invalid, urgent, danger,
    taken_at, dispatched_at, signed_at, handled_at, closed_at, called_back_at, sign_due, answer_due, callback_due, rounds, dispatches, returns, overdue,
    closing, reached, solved, satisfaction, repeated, offered_at, offers, bounced, take_seconds, transfer_late, negotiation_seconds, shared, delayed, clocks_version, contacted_at)
SELECT o.id, 6, 'work_order', 'caller', 'phone', 'help', lpad((1 + r.a * 20)::integer::text, 2, '0'), (120101 + (r.b * 6)::integer)::text,
    CASE WHEN sent THEN 'u' || (r.c * 120)::integer ELSE '' END, 'evaluated', true, r.d < 0.01, r.d > 0.99, r.d > 0.99,
    t, CASE WHEN sent THEN t END, CASE WHEN sent THEN t + interval '1 hour' END, CASE WHEN sent THEN t + r.e * interval '12 days' END,
    t + r.e * interval '12 days', t + r.e * interval '12 days' + interval '1 day', CASE WHEN sent THEN t + interval '1 day' END,
    CASE WHEN sent THEN t + interval '10 days' END, t + r.e * interval '12 days' + interval '3 days', CASE WHEN r.a > 0.97 THEN 2 ELSE 1 END,
    CASE WHEN sent THEN 1 ELSE 0 END, CASE WHEN sent AND r.b < 0.1 THEN 1 ELSE 0 END, CASE WHEN sent AND r.e > 0.83 THEN 1 ELSE 0 END,
    CASE WHEN sent THEN 'handled' ELSE 'answered_directly' END, r.a < 0.8, r.b < 0.85, CASE WHEN r.a < 0.8 THEN 1 + (r.c * 4)::integer END, r.d < 0.37,
    CASE WHEN r.e < 0.025 THEN t END, CASE WHEN r.e < 0.025 THEN 1 ELSE 0 END, CASE WHEN r.e < 0.003 THEN 1 ELSE 0 END,
    CASE WHEN r.e < 0.025 THEN r.a * 300 END, r.e < 0.001, CASE WHEN r.e < 0.002 THEN r.b * 1800 END, r.e < 0.025, false, '2025.1', CASE WHEN sent THEN t + r.b * interval '11 days' END
FROM generate_series(1, :rows) AS n,
    LATERAL (SELECT timestamptz '2025-01-01' + n * (interval '365 days' / :rows) AS t, n % 100 >= 85 AS sent) AS at,
    LATERAL (SELECT abs(hashint4(n * 5)) / 2147483648.0 AS a, abs(hashint4(n * 7)) / 2147483648.0 AS b, abs(hashint4(n * 11)) / 2147483648.0 AS c,
        abs(hashint4(n * 13)) / 2147483648.0 AS d, abs(hashint4(n * 17)) / 2147483648.0 AS e) AS r,
    LATERAL (SELECT (lpad(to_hex(n), 12, '0') || '00007000800000000000')::uuid AS id) AS o
