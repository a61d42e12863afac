-- Roots of the ledger's days, what the peers announced of theirs, and what people must look at.

-- A day of the ledger is a range of positions. Rows are only ever appended, so they lie on disk in the order of their position: a
-- BRIN index finds a day by a few hundred bytes a million rows and costs an insert next to nothing (docs/guarantees.md has the figures).
CREATE INDEX events_by_position ON events USING brin (position) WITH (pages_per_range = 32, autosummarize = on);

-- `buckets`: 256 roots of 32 bytes. `previous`: the root of the day before, empty for the first.
CREATE TABLE sealed_days (
    day            date PRIMARY KEY,
    after_position bigint NOT NULL,
    until_position bigint NOT NULL,
    count          bigint NOT NULL,
    buckets        bytea NOT NULL,
    previous       bytea NOT NULL,
    root           bytea NOT NULL,
    sealed_at      timestamptz NOT NULL,
    CONSTRAINT "a day does not end before it begins" CHECK (after_position <= until_position),
    CONSTRAINT "a day has 256 buckets" CHECK (length(buckets) = 8192)
);
CREATE TRIGGER "sealed days are append-only" BEFORE UPDATE OR DELETE ON sealed_days FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "sealed days are never emptied" BEFORE TRUNCATE ON sealed_days FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- What a peer announced of its days. A second root for the same day is kept beside the first: it is the evidence.
CREATE TABLE peer_roots (
    peer        text NOT NULL,
    day         date NOT NULL,
    root        bytea NOT NULL,
    previous    bytea NOT NULL,
    count       bigint NOT NULL,
    buckets     bytea NOT NULL,
    heads       integer NOT NULL,
    message_id  uuid NOT NULL,
    received_at timestamptz NOT NULL,
    place       bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (peer, day, root)
);
CREATE TRIGGER "peers' roots are append-only" BEFORE UPDATE OR DELETE ON peer_roots FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "peers' roots are never emptied" BEFORE TRUNCATE ON peer_roots FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- Where the chain of a peer's order of a shared matter stood at the end of a day.
CREATE TABLE peer_heads (
    peer        text NOT NULL,
    matter_id   uuid NOT NULL,
    seq         integer NOT NULL,
    hash        bytea NOT NULL,
    day         date NOT NULL,
    message_id  uuid NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (peer, matter_id, seq, hash)
);
CREATE TRIGGER "peers' heads are append-only" BEFORE UPDATE OR DELETE ON peer_heads FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "peers' heads are never emptied" BEFORE TRUNCATE ON peer_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- What was found and a person must see. `subject`: a matter's id, or a day with a bucket. `tries`: how often it was healed by itself.
CREATE TABLE discrepancies (
    id         uuid PRIMARY KEY,
    peer       text NOT NULL,
    kind       text NOT NULL,
    subject    text NOT NULL,
    matter_id  uuid,
    text       text NOT NULL,
    status     text NOT NULL DEFAULT 'open',
    first_seen timestamptz NOT NULL,
    last_seen  timestamptz NOT NULL,
    times      integer NOT NULL DEFAULT 1,
    tries      integer NOT NULL DEFAULT 0,
    closed_at  timestamptz,
    closed_by  text,
    reason     text,
    CONSTRAINT "a discrepancy is open, healed or dismissed" CHECK (status IN ('open', 'healed', 'dismissed')),
    CONSTRAINT "a discrepancy that is not open says since when and by whom" CHECK (status = 'open' OR (closed_at IS NOT NULL AND closed_by IS NOT NULL)),
    CONSTRAINT "who dismisses a discrepancy says why" CHECK (status <> 'dismissed' OR reason IS NOT NULL)
);
-- Seen again, a discrepancy stays one row; a dismissed one stays dismissed as long as it says the same.
CREATE UNIQUE INDEX "a discrepancy is put down once" ON discrepancies (peer, kind, subject) WHERE status = 'open';
CREATE INDEX discrepancies_dismissed ON discrepancies (peer, kind, subject) WHERE status = 'dismissed';
CREATE INDEX discrepancies_by_status ON discrepancies (status, id);

-- One row for each comparison with a peer, also one that failed.
CREATE TABLE reconciliations (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    peer    text NOT NULL,
    at      timestamptz NOT NULL,
    nightly boolean NOT NULL,
    days    integer NOT NULL,
    looked  integer NOT NULL,
    kinds   jsonb NOT NULL,
    resent  integer NOT NULL,
    error   text
);
CREATE INDEX reconciliations_of_peer ON reconciliations (peer, id);

-- The open matters in order of their id, and those closed lately. An order enters the second once.
CREATE INDEX orders_open_by_matter ON orders (matter_id) WHERE status NOT IN ('guided', 'cancelled', 'declined', 'withdrawn', 'evaluated');
CREATE INDEX orders_by_closing ON orders (closed_at, matter_id) WHERE closed_at IS NOT NULL;
