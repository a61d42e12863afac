-- Dispatching inside a centre: versions of the units and the dispatch catalogue, lead and co-handlers, how a dispatch ended.
CREATE TABLE unit_directories (
    no             integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    effective_from date NOT NULL,
    content        text NOT NULL,
    digest         text NOT NULL,
    title          text NOT NULL,
    imported_by    text NOT NULL,
    imported_at    timestamptz NOT NULL
);
CREATE INDEX unit_directories_by_day ON unit_directories (effective_from, no);

ALTER TABLE orders ADD COLUMN assignment jsonb;
-- A co-handler's orders; only those few that have co-handlers are in it.
CREATE INDEX orders_by_co_handler ON orders USING gin ((assignment->'shares') jsonb_path_ops) WHERE assignment ? 'shares';

ALTER TABLE dispatches
    ADD COLUMN round smallint NOT NULL DEFAULT 1,
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN end_reason text,
    ADD CONSTRAINT "an end has its reason" CHECK ((ended_at IS NULL) = (end_reason IS NULL));
