-- name: states
-- What is known of the units. $1: org codes.
SELECT unit, state, state_at, state_by, wgs84::text AS wgs84, gcj02::text AS gcj02, position_at, position_by
FROM unit_states WHERE unit = ANY ($1::text[])

-- name: loads
-- What the units of this centre have in hand: orders that they were sent to and that they support. Only what is under way is read, by
-- the two indexes of just these statuses (migration 0024).
SELECT unit, count(*)::integer AS load FROM (
    SELECT o.unit FROM orders o WHERE o.status IN ('dispatched', 'acknowledged', 'arrived', 'disposing', 'returned') AND o.unit IS NOT NULL
    UNION ALL
    SELECT s->>'unit' FROM orders o, jsonb_array_elements(o.policing->'supports') AS s
    WHERE o.status IN ('dispatched', 'acknowledged', 'arrived', 'disposing', 'returned') AND o.policing->'supports' <> '[]'
      AND s->>'unit' IS NOT NULL AND NOT (s->>'over')::boolean
) AS at_work GROUP BY unit

-- name: supported_by
-- Orders that a unit supports now, newest first. $1: unit.
SELECT o.id FROM orders o
WHERE o.status IN ('dispatched', 'acknowledged', 'arrived', 'disposing', 'returned') AND o.policing->'supports' <> '[]'
  AND EXISTS (SELECT FROM jsonb_array_elements(o.policing->'supports') AS s WHERE s->>'unit' = $1 AND NOT (s->>'over')::boolean)
ORDER BY o.id DESC LIMIT 100

-- name: keep_position
-- A report that is older than what is known changes nothing. $1 unit, $2 wgs84, $3 gcj02, $4 at, $5 by.
INSERT INTO unit_states AS u (unit, wgs84, gcj02, position_at, position_by) VALUES ($1, $2::jsonb, $3::jsonb, $4, $5)
ON CONFLICT (unit) DO UPDATE SET (wgs84, gcj02, position_at, position_by)
    = (EXCLUDED.wgs84, EXCLUDED.gcj02, EXCLUDED.position_at, EXCLUDED.position_by)
WHERE u.position_at IS NULL OR u.position_at <= EXCLUDED.position_at

-- name: keep_state
-- $1 unit, $2 state, $3 at, $4 by.
INSERT INTO unit_states AS u (unit, state, state_at, state_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (unit) DO UPDATE SET (state, state_at, state_by) = (EXCLUDED.state, EXCLUDED.state_at, EXCLUDED.state_by)
