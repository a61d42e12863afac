-- What the desk looks up: orders in the same neighbourhood, precedents by time, proposals that come again.
-- A cell is 1/500 of a degree: about 220 m from south to north, 170 m from west to east in the middle of China.
CREATE INDEX orders_by_cell ON orders (
    (floor((coalesce(incident->'wgs84', incident->'gcj02')->>'lat')::float8 * 500)::integer),
    (floor((coalesce(incident->'wgs84', incident->'gcj02')->>'lon')::float8 * 500)::integer),
    id) WHERE coalesce(incident->'wgs84', incident->'gcj02') IS NOT NULL;
CREATE INDEX precedents_by_time ON transfers (answered_at) WHERE precedent IS NOT NULL;

ALTER TABLE catalogue_proposals
    ADD COLUMN decided_count integer,
    ADD CONSTRAINT "a decided proposal says by whom and when"
        CHECK (status = 'open' OR (decided_by IS NOT NULL AND decided_at IS NOT NULL AND decided_count IS NOT NULL));
