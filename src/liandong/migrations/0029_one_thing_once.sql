-- Accountability is one thing: a measure, proposed with its evidence, decided by another person, appealed to a third. The entries that orders
-- kept of their own become measures with the next numbers of their year; a malicious return names its measure.
ALTER TABLE measures ADD COLUMN cause text NOT NULL DEFAULT '';

CREATE TEMPORARY TABLE moved ON COMMIT DROP AS
SELECT gen_random_uuid() AS id, a.order_id, o.number AS order_number, o.handling, e.value AS entry, a.unit, a.kind, a.found_by, a.found_at,
       split_part(o.number, '-', 1) || '-' || split_part(o.number, '-', 2) || '-' || to_char(a.found_at AT TIME ZONE 'Asia/Shanghai', 'YYYY') || '-WZ' AS scope,
       CASE a.status WHEN 'lifted' THEN 'revoked' WHEN 'noted' THEN 'in_force' ELSE a.status END AS status,
       row_number() OVER (PARTITION BY split_part(o.number, '-', 1), split_part(o.number, '-', 2), to_char(a.found_at AT TIME ZONE 'Asia/Shanghai', 'YYYY')
                          ORDER BY a.found_at, a.order_id, a.no) AS place
FROM accountability a JOIN orders o ON o.id = a.order_id
CROSS JOIN LATERAL jsonb_array_elements(o.handling->'accountability') AS e
WHERE (e.value->>'no')::smallint = a.no;

-- A unit had five working days to appeal; what stood without a decision may be appealed against for as long from its finding: a week of the calendar.
INSERT INTO measures (id, number, kind, status, version, unit, person, reason, basis, evidence, orders, attachments, cause, proposed_by, proposed_at,
                      appeal_until, appealed_by, appealed_at, appeal, judged_by, judged_at)
SELECT m.id, m.scope || '-' || lpad((coalesce(c.last, 0) + m.place)::text, greatest(4, length((coalesce(c.last, 0) + m.place)::text)), '0'),
       'accountability', m.status, CASE m.status WHEN 'in_force' THEN 1 WHEN 'appealed' THEN 2 ELSE 3 END, m.unit, '',
       CASE m.kind WHEN 'overdue' THEN '超期未办：' || coalesce(m.entry->>'clock', '') ELSE '恶意退单（第' || coalesce(m.entry->>'return_no', '0') || '次退单）' END,
       coalesce(m.entry->>'basis', ''), coalesce(m.entry->>'evidence', ''), array_remove(ARRAY[m.order_number], NULL),
       coalesce((SELECT array_agg(f::uuid) FROM jsonb_array_elements_text(m.entry->'attachments') AS f), '{}'), m.kind, m.found_by, m.found_at,
       m.found_at + interval '7 days', m.entry->>'appealed_by', (m.entry->>'appealed_at')::timestamptz, coalesce(m.entry->>'appeal', ''),
       m.entry->>'decided_by', (m.entry->>'decided_at')::timestamptz
FROM moved m LEFT JOIN counters c ON c.scope = m.scope;

INSERT INTO measure_steps (measure_id, version, step, at, actor, text)
SELECT id, 1, 'propose', found_at, found_by, coalesce(entry->>'evidence', '') FROM moved
UNION ALL
SELECT id, 2, 'appeal', (entry->>'appealed_at')::timestamptz, entry->>'appealed_by', entry->>'appeal' FROM moved WHERE entry->>'appealed_by' <> ''
UNION ALL
SELECT id, 3, CASE status WHEN 'upheld' THEN 'uphold' ELSE 'revoke' END, (entry->>'decided_at')::timestamptz, entry->>'decided_by', entry->>'decision'
FROM moved WHERE entry->>'decided_by' <> '';

INSERT INTO counters AS t (scope, last) SELECT scope, count(*) FROM moved GROUP BY scope
ON CONFLICT (scope) DO UPDATE SET last = t.last + EXCLUDED.last;

UPDATE orders o SET handling = (o.handling - 'accountability') || CASE WHEN o.handling ? 'returns' THEN jsonb_build_object('returns', (
    SELECT jsonb_agg(r.value || coalesce((SELECT jsonb_build_object('measure', m.id) FROM moved m
        WHERE m.order_id = o.id AND m.kind = 'malicious_return' AND m.entry->>'return_no' = r.value->>'no' LIMIT 1), '{}') ORDER BY r.ordinality)
    FROM jsonb_array_elements(o.handling->'returns') WITH ORDINALITY AS r)) ELSE '{}' END
WHERE o.id IN (SELECT order_id FROM moved);

DROP TABLE accountability;

-- Whoever reads the ledger keeps its place in one table.
INSERT INTO reading_places (reader, txid, position, read_at) SELECT name, txid, position, now() FROM followers;
DROP TABLE followers;

-- When the caller was first reached in the round, for the response rate; the rows are derived anew from the ledger's beginning.
ALTER TABLE assessed_orders ADD COLUMN contacted_at timestamptz;
ALTER TABLE frozen_orders ADD COLUMN contacted_at timestamptz;
DELETE FROM reading_places WHERE reader = 'assessment';
