-- What units did with an order and what was decided about it; returns and entries against units also as rows, for lists and counts.
ALTER TABLE orders ADD COLUMN handling jsonb NOT NULL DEFAULT '{}';

-- Written by the commit from orders.handling, which decisions look at.
CREATE TABLE order_returns (
    order_id    uuid NOT NULL REFERENCES orders,
    no          smallint NOT NULL,
    unit        text NOT NULL,
    reason      text NOT NULL,
    basis       text NOT NULL,
    status      text NOT NULL,
    asked_by    text NOT NULL,
    asked_at    timestamptz NOT NULL,
    reviewed_by text,
    reviewed_at timestamptz,
    decided_by  text,
    decided_at  timestamptz,
    PRIMARY KEY (order_id, no),
    CONSTRAINT "a return is reviewed by another person" CHECK (reviewed_by IS NULL OR reviewed_by = '' OR reviewed_by <> asked_by),
    CONSTRAINT "an objection is decided by a third person" CHECK (decided_by IS NULL OR decided_by = '' OR (decided_by <> asked_by AND decided_by <> reviewed_by))
) WITH (fillfactor = 85);
CREATE INDEX order_returns_by_time ON order_returns (asked_at) INCLUDE (unit, reason, status);
CREATE INDEX order_returns_by_unit ON order_returns (unit, asked_at) INCLUDE (reason, status);
CREATE INDEX order_returns_waiting ON order_returns (asked_at) WHERE status IN ('asked', 'objected');

CREATE TABLE accountability (
    order_id   uuid NOT NULL REFERENCES orders,
    no         smallint NOT NULL,
    kind       text NOT NULL,
    unit       text NOT NULL,
    clock      text,
    status     text NOT NULL,
    evidence   text,
    basis      text,
    found_by   text NOT NULL,
    found_at   timestamptz NOT NULL,
    appeal     text,
    decided_by text,
    decided_at timestamptz,
    decision   text,
    PRIMARY KEY (order_id, no),
    CONSTRAINT "an appeal is decided by another person" CHECK (decided_by IS NULL OR decided_by = '' OR decided_by <> found_by)
) WITH (fillfactor = 85);
CREATE INDEX accountability_by_time ON accountability (found_at, order_id, no);
CREATE INDEX accountability_by_unit ON accountability (unit, found_at, order_id, no);

-- Of how many dispatches a unit gave back how many.
CREATE INDEX dispatches_by_time ON dispatches (dispatched_at) INCLUDE (unit);
CREATE INDEX dispatches_by_unit_and_time ON dispatches (unit, dispatched_at);
-- Clocks that were computed under another policy than the one in force.
CREATE INDEX timers_by_policy ON timers (policy_version, order_id) WHERE status IN ('running', 'paused');
