-- name: candidates
-- Orders that might be about the same thing: by caller, by address, by neighbourhood, and the newest of the street or else of the district (or, where no
-- division is known, of the centre). Each way by its own index and bounded. Drills and the real are never mixed.
-- $1 order id, $2 phone, $3 address, $4 cells north, $5 cells east, $6 division or null, $7 the smallest id of the time looked at,
-- $8 the exercise, $9 the statuses that stand for nothing, $10 bound of each way.
WITH near (id) AS (
    (SELECT id FROM orders WHERE caller->>'phone' = $2 AND caller->>'phone' <> '' ORDER BY id DESC LIMIT $10)
    UNION
    (SELECT id FROM orders WHERE incident->>'address' = $3 AND incident->>'address' <> '' ORDER BY id DESC LIMIT $10)
    UNION
    (SELECT id FROM orders
     WHERE coalesce(incident->'wgs84', incident->'gcj02') IS NOT NULL
       AND floor((coalesce(incident->'wgs84', incident->'gcj02')->>'lat')::float8 * 500)::integer = ANY ($4::integer[])
       AND floor((coalesce(incident->'wgs84', incident->'gcj02')->>'lon')::float8 * 500)::integer = ANY ($5::integer[])
       AND id >= $7 ORDER BY id DESC LIMIT $10)
    UNION
    (SELECT id FROM orders WHERE division_code IS NOT NULL AND left(division_code, 6) = left($6, 6) AND length($6) < 9 AND id >= $7
     ORDER BY id DESC LIMIT $10)
    UNION
    (SELECT id FROM orders WHERE length(division_code) >= 9 AND left(division_code, 9) = left($6, 9) AND length($6) >= 9 AND id >= $7
     ORDER BY id DESC LIMIT $10)
    UNION
    (SELECT id FROM orders WHERE $6 IS NULL AND id >= $7 ORDER BY id DESC LIMIT $10)
)
SELECT o.id, o.number, o.status, o.responsible, o.title, o.content, o.created_at, coalesce(o.caller->>'phone', '') AS phone,
       coalesce(o.incident->>'address', '') AS address, (o.incident->'wgs84')::text AS wgs84, (o.incident->'gcj02')::text AS gcj02
FROM near JOIN orders o USING (id)
WHERE o.id <> $1 AND o.exercise = $8 AND o.status <> ALL ($9::text[]) AND /* within: o.division_code */ TRUE
