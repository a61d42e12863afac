-- name: open_of_unit
-- Orders that a unit is at work on, a page at a time. $1: org code, $2: statuses, $3: the last id of the page before or null, $4: how many.
SELECT id FROM orders WHERE unit = $1 AND status = ANY ($2::text[]) AND id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY id LIMIT $4

-- name: open_with_share
-- Orders that a unit has a share of. $1: [{"unit": org code}], the rest as above.
-- First what the unit has, by its own index: walking all orders by id until enough are found may never end.
WITH shared AS MATERIALIZED (
    SELECT id, status, division_code FROM orders WHERE assignment ? 'shares' AND assignment->'shares' @> $1::text::jsonb)
SELECT id FROM shared WHERE status = ANY ($2::text[]) AND /* within: division_code */ TRUE AND id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY id LIMIT $4

-- name: newest_of_unit
-- A unit's open orders as the lead, newest first. $1: org code, $2: statuses, $3: before this id or null, $4: how many.
SELECT id FROM orders WHERE unit = $1 AND status = ANY ($2::text[]) AND /* within: division_code */ TRUE AND id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY id DESC LIMIT $4

-- name: newest_with_share
-- The same for orders of which it has a share. $1: [{"unit": org code}].
WITH shared AS MATERIALIZED (
    SELECT id, status, division_code FROM orders WHERE assignment ? 'shares' AND assignment->'shares' @> $1::text::jsonb)
SELECT id FROM shared WHERE status = ANY ($2::text[]) AND /* within: division_code */ TRUE AND id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY id DESC LIMIT $4

-- name: request
-- What a key was used for before. $1: actor, $2: key.
SELECT digest FROM requests WHERE actor = $1 AND key = $2

-- name: with_open_orders
-- Which of these units are at work on something, as lead or co-handler. $1: org codes, $2: statuses. Runs once an import.
SELECT DISTINCT w.unit FROM orders o
CROSS JOIN LATERAL (SELECT o.unit UNION ALL SELECT s->>'unit' FROM jsonb_array_elements(o.assignment->'shares') AS s) AS w (unit)
WHERE o.status = ANY ($2::text[]) AND w.unit = ANY ($1::text[]) ORDER BY w.unit
