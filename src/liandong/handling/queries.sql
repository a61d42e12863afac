-- name: returns_waiting
-- Returns that somebody must review, the longest waiting first. $1: most.
SELECT order_id, no, unit, reason, basis, status, asked_by, asked_at FROM order_returns
WHERE status IN ('asked', 'objected') AND /* within order: order_returns.order_id */ TRUE ORDER BY asked_at LIMIT $1

-- name: returns_counted
-- What was asked in a time, by unit, reason and part of it. $1: from, $2: before, $3: day, week or month, $4: the city's zone, $5: unit or null.
SELECT unit, reason, date_trunc($3, asked_at, $4) AS since, count(*) AS asked, count(*) FILTER (WHERE status = 'granted') AS granted,
       count(*) FILTER (WHERE status IN ('refused', 'objected', 'upheld')) AS refused
FROM order_returns WHERE asked_at >= $1 AND asked_at < $2 AND ($5::text IS NULL OR unit = $5)
GROUP BY unit, reason, since ORDER BY unit, reason, since

-- name: dispatches_counted
-- Of how many. $1: from, $2: before, $3: day, week or month, $4: the city's zone, $5: the units that returned.
SELECT unit, date_trunc($3, dispatched_at, $4) AS since, count(*) AS dispatched
FROM dispatches WHERE dispatched_at >= $1 AND dispatched_at < $2 AND unit = ANY ($5::text[])
GROUP BY unit, since ORDER BY unit, since

-- name: malicious_counted
-- Findings that nobody has refused or revoked. $1: from, $2: before, $3: unit or null.
SELECT unit, count(*) AS malicious FROM measures
WHERE proposed_at >= $1 AND proposed_at < $2 AND cause = 'malicious_return' AND status NOT IN ('refused', 'revoked') AND ($3::text IS NULL OR unit = $3)
GROUP BY unit

-- name: clocks_of_other_policies
-- Orders at work with a clock that another policy computed. $1: these clocks, $2: the policy in force, $3: after this order, $4: most.
SELECT DISTINCT order_id FROM timers
WHERE status IN ('running', 'paused') AND policy_version <> $2 AND name = ANY ($1::text[]) AND order_id > $3
ORDER BY order_id LIMIT $4
