-- name: commit
-- Writes every decision that waits in this process, each whole or not at all: order, event, timers, dispatches, transfers, messages.
-- $1: a JSON array of changes (orders/store.py says their shape). A change whose version is stale, whose idempotency key is taken
-- or whose message was handled before is left out: its `n` is missing in the answer.
-- A part between `--[ name` and `--]` is left out of a batch in which nothing needs it (orders/shapes.py); `--| ` is what then stands there.
WITH change AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS c (
        n integer, id uuid, expected integer, fields jsonb, event jsonb, number_scope text,
        request jsonb, message jsonb, start jsonb, stop text[], dispatches jsonb, transfers jsonb, outbox jsonb,
        attachments jsonb, oversights jsonb, measures jsonb, relies uuid, relies_version integer)
),
--[ change
held AS MATERIALIZED (  -- in order of id, so that two statements never wait for each other
    SELECT o.* FROM (SELECT id FROM change WHERE expected > 0
--[ rare
                     UNION SELECT relies FROM change
--]
                     ORDER BY id) AS w
    CROSS JOIN LATERAL (SELECT o.id, o.version, o.head FROM orders o WHERE o.id = w.id FOR UPDATE) AS o
),
--]
live AS MATERIALIZED (
--[ change
    SELECT c.*, coalesce(h.head, '\x') AS head FROM change c LEFT JOIN held h ON h.id = c.id AND h.version = c.expected
    WHERE (c.expected = 0 OR h.id IS NOT NULL)
--| SELECT c.*, '\x'::bytea AS head FROM change c
--]
--[ rare
      AND (c.relies IS NULL OR ((c.relies, c.relies_version) IN (SELECT id, version FROM held) AND NOT EXISTS (SELECT FROM change x WHERE x.id = c.relies AND x.n < c.n)))
--]
),
--[ intake
request_claimed AS (
    INSERT INTO requests (actor, key, digest, order_id, at)
    SELECT r.actor, r.key, decode(r.digest, 'hex'), l.id, r.at
    FROM live l, jsonb_to_record(l.request) AS r (actor text, key text, digest text, at timestamptz)
    WHERE l.request IS NOT NULL ORDER BY r.actor, r.key
    ON CONFLICT DO NOTHING RETURNING order_id
),
--]
--[ linkage
message_claimed AS (
    INSERT INTO inbox (sender, message_id, matter_id, seq, kind, digest, status, received_at, handled_at)
    SELECT m.sender, m.message_id, m.matter_id, m.seq, m.kind, decode(m.digest, 'hex'), 'handled', m.received_at, m.received_at
    FROM live l, jsonb_to_record(l.message) AS m (sender text, message_id uuid, matter_id uuid, seq integer, kind text, digest text, received_at timestamptz)
    WHERE l.message IS NOT NULL ORDER BY m.sender, m.message_id
    ON CONFLICT (sender, message_id) DO UPDATE SET status = 'handled', handled_at = EXCLUDED.handled_at WHERE inbox.status <> 'handled'
    RETURNING sender, message_id
),
--]
ready AS MATERIALIZED (
    SELECT l.* FROM live l WHERE true
--[ intake
      AND (l.request IS NULL OR l.id IN (SELECT order_id FROM request_claimed))
--]
--[ linkage
      AND (l.message IS NULL OR (l.message->>'sender', (l.message->>'message_id')::uuid) IN (SELECT sender, message_id FROM message_claimed))
--]
),
--[ intake
needed AS (
    SELECT scope, count(*)::integer AS count
    FROM (SELECT number_scope AS scope FROM ready
--[ rare
          UNION ALL SELECT m->>'scope' FROM ready, jsonb_array_elements(measures) AS m WHERE measures IS NOT NULL
--]
         ) AS s
    WHERE scope IS NOT NULL GROUP BY scope
),
counted AS (
    INSERT INTO counters AS t (scope, last) SELECT scope, count FROM needed ORDER BY scope
    ON CONFLICT (scope) DO UPDATE SET last = t.last + EXCLUDED.last RETURNING scope, last
),
--]
numbered AS MATERIALIZED (
--[ intake
    SELECT r.*, r.number_scope || '-' || lpad((t.last - d.count + row_number() OVER (PARTITION BY r.number_scope ORDER BY r.n))::text, 6, '0') AS number
    FROM ready r LEFT JOIN needed d ON d.scope = r.number_scope LEFT JOIN counted t ON t.scope = r.number_scope
--| SELECT r.*, NULL::text AS number FROM ready r
--]
),
written AS MATERIALIZED (
    SELECT d.n, d.id, d.expected, d.fields, d.number, e.*,
           sha256(d.head || convert_to(concat_ws(E'\n', d.id, d.expected + 1, e.kind, e.status, e.event_id,
               (extract(epoch FROM e.at) * 1000000)::bigint, e.actor, e.role, coalesce(d.number, ''), e.body), 'UTF8')) AS hash
    FROM numbered d, jsonb_to_record(d.event) AS e (event_id uuid, kind text, status text, at timestamptz, actor text, role text, body text)
),
event_added AS (
    INSERT INTO events (order_id, seq, status, kind, id, at, actor, role, number, body, hash)
    SELECT id, expected + 1, status, kind, event_id, at, actor, role, number, body, hash FROM written
),
--[ intake
order_added AS (
    INSERT INTO orders
    SELECT f.* FROM written w, jsonb_populate_record(NULL::orders, w.fields || jsonb_build_object('number', w.number, 'head', w.hash)) AS f
    WHERE w.expected = 0
),
--]
--[ change
order_changed AS (
    UPDATE orders o SET
        (number, status, version, head, round, responsible, master_id, type, class_intake, class_confirmed, level, urgent, danger, confidential,
         division_code, unit, title, content, caller, incident, call, facts, verdict, feedback, answer, closing, satisfaction, solved, call_backs, call_back_tried_at,
         tags, merged, revisited, fed_back, invalid, path, bounces, claim, urges, awaits, supervisions,
         policing, repeat_of, repeats, repeat_review, handling, assignment, card,
         accepted_at, dispatched_at, signed_at, arrived_at, answered_at, closed_at, called_back_at,
         evaluated_at, updated_at)
        = (SELECT coalesce(w.number, o.number), f.status, w.expected + 1, w.hash, f.round, f.responsible, f.master_id, f.type, f.class_intake,
                  f.class_confirmed, f.level, f.urgent, f.danger, f.confidential, f.division_code, f.unit, f.title, f.content, f.caller, f.incident,
                  f.call, f.facts, f.verdict, f.feedback, f.answer, f.closing, f.satisfaction, f.solved, f.call_backs, f.call_back_tried_at, f.tags, f.merged,
                  f.revisited, f.fed_back, f.invalid, f.path, f.bounces, f.claim, f.urges, f.awaits, f.supervisions,
                  f.policing, f.repeat_of, f.repeats, f.repeat_review, f.handling, f.assignment, f.card,
                  f.accepted_at, f.dispatched_at, f.signed_at, f.arrived_at, f.answered_at, f.closed_at,
                  f.called_back_at, f.evaluated_at, f.updated_at
           FROM jsonb_populate_record(o, w.fields) AS f)
    FROM written w WHERE o.id = w.id AND w.expected > 0
),
--]
--[ rare
return_written AS (  -- what orders.handling says, as rows for lists and counts
    INSERT INTO order_returns (order_id, no, unit, reason, basis, status, asked_by, asked_at, reviewed_by, reviewed_at, decided_by, decided_at)
    SELECT w.id, r.no, r.unit, r.reason, r.basis, r.status, r.asked_by, r.asked_at, r.reviewed_by, r.reviewed_at, r.decided_by, r.decided_at
    FROM written w, jsonb_to_recordset(w.fields #> '{handling,returns}') AS r (no smallint, unit text, reason text, basis text, status text,
        asked_by text, asked_at timestamptz, reviewed_by text, reviewed_at timestamptz, decided_by text, decided_at timestamptz)
    ON CONFLICT (order_id, no) DO UPDATE SET (status, reviewed_by, reviewed_at, decided_by, decided_at)
        = (EXCLUDED.status, EXCLUDED.reviewed_by, EXCLUDED.reviewed_at, EXCLUDED.decided_by, EXCLUDED.decided_at)
),
--]
--[ change
timer_stopped AS (
    UPDATE timers t SET status = CASE WHEN r.event->>'fired' = t.name THEN 'fired' ELSE 'stopped' END
    -- (not `IN ('running', 'paused')`: an index of those alone would be read whole where the planner takes it for small)
    FROM ready r WHERE t.order_id = r.id AND t.name = ANY (r.stop) AND t.status NOT IN ('stopped', 'fired')
),
--]
--[ dispatch
dispatch_written AS (
    INSERT INTO dispatches
    SELECT d.* FROM ready r, jsonb_populate_recordset(NULL::dispatches, r.dispatches) AS d WHERE r.dispatches IS NOT NULL
    ON CONFLICT (order_id, no) DO UPDATE SET (person, vehicle, signed_at, set_out_at, arrived_at, fed_back_at, returned_at, return_reason, return_basis,
            return_text, ended_at, end_reason)
        = (EXCLUDED.person, EXCLUDED.vehicle, EXCLUDED.signed_at, EXCLUDED.set_out_at, EXCLUDED.arrived_at, EXCLUDED.fed_back_at, EXCLUDED.returned_at,
           EXCLUDED.return_reason, EXCLUDED.return_basis, EXCLUDED.return_text, EXCLUDED.ended_at, EXCLUDED.end_reason)
),
--]
--[ linkage
transfer_written AS (
    INSERT INTO transfers
    SELECT t.* FROM ready r, jsonb_populate_recordset(NULL::transfers, r.transfers) AS t WHERE r.transfers IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET (part, urgent, status, answered_at, reason, basis, text, peer_number, peer_status, peer_result, recall, joint_ended_at,
                                    duplicate_of, negotiated_at, settled_by, positions, calls, precedent)
        = (EXCLUDED.part, EXCLUDED.urgent, EXCLUDED.status, EXCLUDED.answered_at, EXCLUDED.reason, EXCLUDED.basis, EXCLUDED.text, EXCLUDED.peer_number, EXCLUDED.peer_status,
           EXCLUDED.peer_result, EXCLUDED.recall, EXCLUDED.joint_ended_at, EXCLUDED.duplicate_of, EXCLUDED.negotiated_at, EXCLUDED.settled_by,
           EXCLUDED.positions, EXCLUDED.calls, EXCLUDED.precedent)
),
--]
--[ rare
attachment_written AS (
    INSERT INTO attachments (order_id, id, name, media_type, size, sha256, taken_at, place, added_by, added_at, confidential, origin, status,
        received, reason, created_at)
    SELECT r.id, a.id, a.name, a.media_type, a.size, a.sha256, a.taken_at, a.place, a.added_by, a.added_at, a.confidential, a.origin, a.status,
           a.received, a.reason, a.created_at
    FROM ready r, jsonb_populate_recordset(NULL::attachments, r.attachments) AS a WHERE r.attachments IS NOT NULL
    ON CONFLICT (order_id, id) DO UPDATE SET (status, added_at, reason) = (EXCLUDED.status, EXCLUDED.added_at, EXCLUDED.reason)
),
oversight_written AS (
    INSERT INTO oversights
    SELECT s.* FROM ready r, jsonb_populate_recordset(NULL::oversights, r.oversights) AS s WHERE r.oversights IS NOT NULL ORDER BY r.n, s.no
    ON CONFLICT (order_id, no) DO UPDATE SET (status, due_at, ended_at, rounds, checks)
        = (EXCLUDED.status, EXCLUDED.due_at, EXCLUDED.ended_at, EXCLUDED.rounds, EXCLUDED.checks)
),
measure_opened AS (  -- proposed by a finding on the order or by a ladder; its first step with it
    INSERT INTO measures (id, number, kind, status, version, unit, person, reason, basis, evidence, orders, attachments, cause, proposed_by, proposed_at)
    SELECT m.id, m.scope || '-' || lpad(m.no::text, greatest(4, length(m.no::text)), '0'), m.kind, 'proposed', 1, m.unit, '', m.reason, m.basis, m.evidence,
           m.orders, m.attachments, m.cause, m.proposed_by, m.proposed_at
    FROM (SELECT x.*, t.last - d.count + row_number() OVER (PARTITION BY x.scope ORDER BY r.n, x.id) AS no
          FROM ready r CROSS JOIN LATERAL jsonb_to_recordset(r.measures) AS x (id uuid, scope text, kind text, unit text, reason text, basis text,
              evidence text, orders text[], attachments uuid[], cause text, proposed_by text, proposed_at timestamptz)
          JOIN needed d ON d.scope = x.scope JOIN counted t ON t.scope = x.scope WHERE r.measures IS NOT NULL) AS m
    RETURNING id, proposed_at, proposed_by, reason
),
measure_step_written AS (
    INSERT INTO measure_steps (measure_id, version, step, at, actor, text) SELECT id, 1, 'propose', proposed_at, proposed_by, reason FROM measure_opened
),
copy_owed AS (  -- whoever announces a file owes its bytes
    INSERT INTO attachment_copies (order_id, attachment_id, peer, message_id, urgent, next_attempt_at)
    SELECT r.id, (m.body::jsonb->>'attachment_id')::uuid, m.peer, m.id, m.urgent, m.created_at
    FROM ready r, jsonb_to_recordset(r.outbox) AS m (id uuid, peer text, kind text, urgent boolean, body text, created_at timestamptz)
    WHERE r.outbox IS NOT NULL AND m.kind = 'attachment.added.v1'
    ON CONFLICT (order_id, attachment_id, peer) DO NOTHING
),
--]
--[ linkage
message_added AS (
    INSERT INTO outbox (id, peer, matter_id, order_id, seq, kind, urgent, exercise, body, created_at, next_attempt_at)
    SELECT m.id, m.peer, m.matter_id, r.id,
           coalesce((SELECT max(seq) FROM outbox b WHERE b.peer = m.peer AND b.matter_id = m.matter_id), 0)
               + row_number() OVER (PARTITION BY m.peer, m.matter_id ORDER BY m.place),
           m.kind, m.urgent, m.exercise, m.body, m.created_at, m.created_at
    FROM ready r, jsonb_to_recordset(r.outbox) AS m (id uuid, place integer, peer text, matter_id uuid, kind text, urgent boolean, exercise text,
        body text, created_at timestamptz)
    WHERE r.outbox IS NOT NULL
    RETURNING id
),
--]
timer_started AS (  -- of the order itself, or of one that is merged into it and still stands so
    INSERT INTO timers (order_id, name, status, due_at, started_at, policy_version, remaining, reason)
    SELECT t.order_id, t.name, t.status, t.due_at, t.started_at, t.policy_version, t.remaining, t.reason
    FROM ready r, jsonb_populate_recordset(NULL::timers, r.start) AS t
    WHERE r.start IS NOT NULL
      AND (t.order_id = r.id OR (SELECT m.master_id = r.id AND m.status = 'merged' FROM orders m WHERE m.id = t.order_id))
    ORDER BY t.order_id, t.name
    ON CONFLICT (order_id, name) DO UPDATE SET (status, due_at, started_at, policy_version, remaining, reason, claimed_until)
        = (EXCLUDED.status, EXCLUDED.due_at, EXCLUDED.started_at, EXCLUDED.policy_version, EXCLUDED.remaining, EXCLUDED.reason, NULL)
)
SELECT w.n, w.number
--[ linkage
    , (SELECT count(pg_notify('outbox', '')) FROM (SELECT 1 FROM message_added LIMIT 1) AS any_message) AS woken
--]
FROM written w
