-- name: days
-- Matters taken in, a local day. $1: from, $2: to.
SELECT (taken_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*) AS count FROM assessed_orders
WHERE taken_at >= $1 AND taken_at < $2 AND NOT invalid GROUP BY 1 ORDER BY 1

-- name: frozen_days
-- The same of a frozen period. $1: from, $2: to, $3: the freezing.
SELECT (taken_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*) AS count FROM frozen_orders
WHERE frozen_id = $3 AND taken_at >= $1 AND taken_at < $2 AND NOT invalid GROUP BY 1 ORDER BY 1

-- name: flag_counts
-- Flags raised in a period and what people said of them. $1: from, $2: to.
SELECT detector, count(*) FILTER (WHERE status = 'open') AS open, count(*) FILTER (WHERE status = 'confirmed') AS confirmed,
       count(*) FILTER (WHERE status = 'dismissed') AS dismissed
FROM flags WHERE raised_at >= $1 AND raised_at < $2 GROUP BY 1 ORDER BY 1

-- name: excluded_counts
-- Orders of the period that are left out, by reason. $1: from, $2: to.
SELECT excluded AS reason, count(*) AS count FROM assessed_orders
WHERE taken_at >= $1 AND taken_at < $2 AND excluded IS NOT NULL GROUP BY 1 ORDER BY 1
