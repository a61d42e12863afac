-- name: add_alarm
-- $1: id, $2: at, $3: kind, $4: subject, $5: severity, $6: zh, $7: en, $8: order or null.
INSERT INTO alarms (id, at, kind, subject, severity, zh, en, order_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: newest_alarms
-- $1: severities, $2: before this position or null, $3: limit.
SELECT a.position, a.at, a.kind, a.subject, a.severity, a.zh, a.en, a.order_id, o.number, a.finding_id
FROM alarms a LEFT JOIN orders o ON o.id = a.order_id
WHERE a.severity = ANY ($1::text[]) AND ($2::bigint IS NULL OR a.position < $2) ORDER BY a.position DESC LIMIT $3
