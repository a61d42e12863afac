-- Assessment: one narrow row an order, kept up from the ledger; exclusions by two people; frozen periods. Detectors: flags and what people said of them.

-- What the measures are counted from. It can be thrown away and made again at any time (`liandong assess rebuild`).
-- Drills and tests are never here. `version` is the order's version that the row was derived from.
CREATE TABLE assessed_orders (
    order_id            uuid PRIMARY KEY,
    version             integer NOT NULL,
    kind                text NOT NULL,
    origin              text NOT NULL,
    channel             text NOT NULL,
    type                text,
    category            text NOT NULL,
    division            text NOT NULL,
    unit                text NOT NULL,
    status              text NOT NULL,
    final               boolean NOT NULL,
    invalid             boolean NOT NULL,
    urgent              boolean NOT NULL,
    danger              boolean NOT NULL,
    taken_at            timestamptz NOT NULL,
    dispatched_at       timestamptz,
    signed_at           timestamptz,
    arrived_at          timestamptz,
    handled_at          timestamptz,
    closed_at           timestamptz,
    called_back_at      timestamptz,
    sign_due            timestamptz,
    answer_due          timestamptz,
    callback_due        timestamptz,
    dispatch_due        timestamptz,
    arrival_due         timestamptz,
    ring_seconds        double precision,
    rounds              smallint NOT NULL,
    dispatches          smallint NOT NULL,
    returns             smallint NOT NULL,
    overdue             smallint NOT NULL,
    closing             text,
    reached             boolean NOT NULL,
    solved              boolean,
    satisfaction        smallint,
    repeated            boolean NOT NULL,
    offered_at          timestamptz,
    offers              smallint NOT NULL,
    bounced             smallint NOT NULL,
    take_seconds        double precision,
    transfer_late       boolean NOT NULL,
    negotiation_seconds double precision,
    shared              boolean NOT NULL,
    delayed             boolean NOT NULL,
    excluded            text,
    clocks_version      text
) WITH (fillfactor = 85);
CREATE INDEX assessed_by_taking ON assessed_orders (taken_at);
CREATE INDEX assessed_by_answer_due ON assessed_orders (answer_due) WHERE answer_due IS NOT NULL;
CREATE INDEX assessed_by_callback_due ON assessed_orders (callback_due) WHERE callback_due IS NOT NULL;
CREATE INDEX assessed_by_call_back ON assessed_orders (called_back_at) WHERE called_back_at IS NOT NULL;
CREATE INDEX assessed_by_offer ON assessed_orders (offered_at) WHERE offered_at IS NOT NULL;
CREATE INDEX assessed_by_unit_and_answer ON assessed_orders (unit, handled_at) WHERE handled_at IS NOT NULL;

-- How far the ledger has been read, by whom it is read: `assessment`, `detectors`.
CREATE TABLE reading_places (
    reader   text PRIMARY KEY,
    txid     text NOT NULL,
    position bigint NOT NULL,
    read_at  timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE exclusions (
    id           uuid PRIMARY KEY,
    order_id     uuid NOT NULL REFERENCES orders,
    reason       text NOT NULL,
    evidence     text NOT NULL,
    attachments  uuid[] NOT NULL DEFAULT '{}',
    status       text NOT NULL DEFAULT 'requested',
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    decided_by   text,
    decided_at   timestamptz,
    note         text,
    CONSTRAINT "an exclusion is requested, approved or refused" CHECK (status IN ('requested', 'approved', 'refused')),
    CONSTRAINT "an exclusion has its evidence" CHECK (length(btrim(evidence)) > 0),
    CONSTRAINT "an exclusion takes two people" CHECK (split_part(decided_by, '#', 1) <> split_part(requested_by, '#', 1)),
    CONSTRAINT "a decided exclusion says by whom and when" CHECK ((status = 'requested') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX "one exclusion of an order that counts" ON exclusions (order_id) WHERE status <> 'refused';
CREATE INDEX exclusions_of_status ON exclusions (status, id);
CREATE TRIGGER "exclusions are never deleted" BEFORE DELETE ON exclusions FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- A period whose figures were signed. Opened again, its row and its orders stay as they were, as evidence; freezing again makes a new row.
CREATE TABLE frozen_periods (
    id          uuid PRIMARY KEY,
    period      text NOT NULL,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    frozen_at   timestamptz NOT NULL,
    frozen_by   text NOT NULL,
    signed      text NOT NULL,
    reopened_at timestamptz,
    reopened_by text,
    reason      text,
    CONSTRAINT "a reopened period says why" CHECK ((reopened_at IS NULL) = (reopened_by IS NULL) AND (reopened_at IS NULL) = (reason IS NULL))
);
CREATE UNIQUE INDEX "a period is frozen once at a time" ON frozen_periods (period) WHERE reopened_at IS NULL;
CREATE TRIGGER "frozen periods are never deleted" BEFORE DELETE ON frozen_periods FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- The rows that the frozen figures were counted from, so that each figure still opens to its orders when these have moved on.
CREATE TABLE frozen_orders (frozen_id uuid NOT NULL REFERENCES frozen_periods DEFERRABLE INITIALLY DEFERRED, LIKE assessed_orders, PRIMARY KEY (frozen_id, order_id));
CREATE TRIGGER "frozen orders never change" BEFORE UPDATE OR DELETE ON frozen_orders FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "frozen orders are never emptied" BEFORE TRUNCATE ON frozen_orders FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- A suspicion that a detector raised, with its evidence; what a person decided about it.
CREATE TABLE flags (
    id         uuid PRIMARY KEY,
    detector   text NOT NULL,
    order_id   uuid NOT NULL REFERENCES orders,
    round      smallint NOT NULL,
    unit       text NOT NULL,
    score      double precision NOT NULL,
    threshold  double precision NOT NULL,
    evidence   jsonb NOT NULL,
    raised_at  timestamptz NOT NULL,
    status     text NOT NULL DEFAULT 'open',
    decided_by text,
    decided_at timestamptz,
    reason     text,
    CONSTRAINT "a flag is open, confirmed or dismissed" CHECK (status IN ('open', 'confirmed', 'dismissed')),
    CONSTRAINT "a decided flag says by whom, when and why" CHECK (
        (status = 'open') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (reason IS NULL))
);
CREATE UNIQUE INDEX "a detector flags a round of an order once" ON flags (order_id, detector, round);
CREATE INDEX flags_of_status ON flags (status, id);
CREATE INDEX flags_decided ON flags (detector, decided_at) WHERE decided_at IS NOT NULL;
CREATE TRIGGER "flags are never deleted" BEFORE DELETE ON flags FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- Where each detector's threshold lies since when and why; the newest row counts.
CREATE TABLE thresholds (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    detector text NOT NULL,
    value    double precision NOT NULL,
    since    timestamptz NOT NULL,
    because  text NOT NULL
);
CREATE INDEX thresholds_of_detector ON thresholds (detector, id);
CREATE TRIGGER "thresholds are append-only" BEFORE UPDATE OR DELETE ON thresholds FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE INDEX flags_by_time ON flags (raised_at);
