-- The police side and repeats.

-- What the police side keeps with an order (policing/model.py): answers, a lowering that waits, support, delay, case.
ALTER TABLE orders ADD COLUMN policing jsonb;

-- A matter that its caller brings again after a final answer: the order of the earlier one, how often by now, and the supervisor's look at it.
ALTER TABLE orders ADD COLUMN repeat_of uuid REFERENCES orders;
ALTER TABLE orders ADD COLUMN repeats smallint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN repeat_review jsonb;
CREATE INDEX orders_by_repeat ON orders (repeat_of) WHERE repeat_of IS NOT NULL;
CREATE INDEX orders_repeats_to_review ON orders (id) WHERE repeat_review->>'reviewed_at' IS NULL AND repeat_review IS NOT NULL;

-- A unit that has taken an order sets out: between signed_at and arrived_at.
ALTER TABLE dispatches ADD COLUMN set_out_at timestamptz;

-- Where a unit of this centre is and whether it can be sent: the last word only.
CREATE TABLE unit_states (
    unit        text PRIMARY KEY,
    state       text NOT NULL DEFAULT 'available',
    state_at    timestamptz,
    state_by    text,
    wgs84       jsonb,
    gcj02       jsonb,
    position_at timestamptz,
    position_by text,
    CONSTRAINT "a position has its time" CHECK ((wgs84 IS NULL AND gcj02 IS NULL) = (position_at IS NULL))
) WITH (fillfactor = 70);

-- What is under way: few rows of many, for the load of the units.
CREATE INDEX orders_at_work ON orders (unit)
    WHERE status IN ('dispatched', 'acknowledged', 'arrived', 'disposing', 'returned') AND unit IS NOT NULL;
CREATE INDEX orders_supported ON orders (id)
    WHERE status IN ('dispatched', 'acknowledged', 'arrived', 'disposing', 'returned') AND policing->'supports' <> '[]';
