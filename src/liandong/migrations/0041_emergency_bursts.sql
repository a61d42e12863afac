-- What each new matter says of a possible emergency, and the bursts that were proposed from them.
CREATE TABLE emergency_signals (
    order_id uuid PRIMARY KEY,
    at       timestamptz NOT NULL,
    family   text NOT NULL,
    signal   jsonb NOT NULL
);
CREATE INDEX emergency_signals_by_time ON emergency_signals (at, family);

CREATE TABLE emergency_proposals (
    id           uuid PRIMARY KEY,
    source       text NOT NULL,
    key          text NOT NULL,
    at           timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    body         jsonb NOT NULL,
    status       text NOT NULL DEFAULT 'open',
    decided_at   timestamptz,
    decided_by   text,
    reason       text NOT NULL DEFAULT '',
    emergency_id uuid,
    CONSTRAINT "where a proposal comes from" CHECK (source IN ('burst', 'cap')),
    CONSTRAINT "a proposal is open, declared or a false alarm" CHECK (status IN ('open', 'declared', 'false_alarm')),
    CONSTRAINT "who decided a proposal is known" CHECK ((status = 'open') = (decided_by IS NULL))
);
CREATE UNIQUE INDEX "one open proposal of a thing" ON emergency_proposals (key) WHERE status = 'open';
CREATE INDEX emergency_proposals_by_time ON emergency_proposals (at DESC);
