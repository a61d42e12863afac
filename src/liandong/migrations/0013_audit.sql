-- The independent auditor, the workers' signs of life, and what this centre knows of its peers.

-- Everything that people must hear of and that is no event of an order. It shares the ledger's positions, so that one feed and one
-- cursor carry both.
CREATE TABLE alarms (
    id         uuid PRIMARY KEY,
    at         timestamptz NOT NULL,
    kind       text NOT NULL,
    subject    text NOT NULL,
    severity   text NOT NULL,
    zh         text NOT NULL,
    en         text NOT NULL,
    order_id   uuid,
    finding_id uuid,
    txid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    position   bigint NOT NULL DEFAULT nextval('events_position_seq'),
    CONSTRAINT "an alarm is information, a warning or an alarm" CHECK (severity IN ('info', 'warning', 'alarm'))
);
CREATE INDEX alarms_in_feed_order ON alarms (txid, position);
CREATE UNIQUE INDEX alarms_by_position ON alarms (position);
CREATE TRIGGER "alarms are append-only" BEFORE UPDATE OR DELETE ON alarms FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "alarms are never emptied" BEFORE TRUNCATE ON alarms FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- What the auditor found: one row a thing, from when it was seen first until it was over.
CREATE TABLE findings (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL,
    thing      text NOT NULL,
    order_id   uuid,
    severity   text NOT NULL,
    zh         text NOT NULL,
    en         text NOT NULL,
    detail     jsonb NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen  timestamptz NOT NULL,
    over_at    timestamptz,
    seen_at    timestamptz,
    seen_by    text,
    CONSTRAINT "who has seen a finding is known" CHECK ((seen_at IS NULL) = (seen_by IS NULL))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX "one open finding of a thing" ON findings (kind, thing) WHERE over_at IS NULL;
CREATE INDEX findings_of_emergencies ON findings (order_id) WHERE kind = 'emergency_delayed';
CREATE INDEX findings_seen ON findings (kind, thing) WHERE seen_at IS NOT NULL;

-- The last run of the auditor and how far it has read.
CREATE TABLE audit_runs (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    at       timestamptz NOT NULL,
    took_ms  integer NOT NULL,
    found    integer NOT NULL,
    txid     text NOT NULL,
    position bigint NOT NULL,
    swept    uuid NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE workers (
    id         uuid PRIMARY KEY,
    host       text NOT NULL,
    pid        integer NOT NULL,
    version    text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    ended_at   timestamptz
) WITH (fillfactor = 50);

CREATE TABLE peers (
    code          text PRIMARY KEY,
    reachable     boolean NOT NULL DEFAULT false,
    slow          boolean NOT NULL DEFAULT false,
    since         timestamptz,
    asked_at      timestamptz,
    last_seen_at  timestamptz,
    latency_ms    integer,
    version       text,
    protocol      integer,
    kinds         text[],
    clock_skew_ms integer,
    desk_open     boolean,
    desk_reason   text,
    desk_since    timestamptz,
    last_error    text,
    CONSTRAINT "who is reachable was seen" CHECK (NOT reachable OR last_seen_at IS NOT NULL)
) WITH (fillfactor = 50);

-- Whether this centre's desk is staffed; without a row it is.
CREATE TABLE desk (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    open   boolean NOT NULL,
    reason text NOT NULL,
    since  timestamptz NOT NULL,
    actor  text NOT NULL
);

CREATE INDEX transfers_open ON transfers (offered_at) WHERE status IN ('offered', 'withdrawing');
CREATE INDEX orders_in_danger ON orders (status, id) WHERE danger;
