-- Emergencies: the log of each is the truth (append-only, every centre's lines); `state` is what it folds to here.
CREATE TABLE emergencies (
    id          uuid PRIMARY KEY,
    root_id     uuid NOT NULL,
    number      text NOT NULL DEFAULT '',
    status      text NOT NULL,
    kind        text NOT NULL DEFAULT '',
    subtype     text NOT NULL DEFAULT '',
    level       smallint,
    exercise    text NOT NULL,
    declared_at timestamptz NOT NULL,
    lines       integer NOT NULL DEFAULT 0,
    state       jsonb NOT NULL,
    due_at      timestamptz,
    CONSTRAINT "the statuses of an emergency" CHECK (status IN ('heard_of', 'open', 'ended', 'joined')),
    CONSTRAINT "an emergency is real or a drill" CHECK (exercise IN ('actual', 'exercise', 'test')),
    CONSTRAINT "the levels of an emergency" CHECK (level BETWEEN 1 AND 4)
) WITH (fillfactor = 70);
CREATE INDEX emergencies_open ON emergencies (declared_at DESC) WHERE status = 'open';
CREATE INDEX emergencies_by_time ON emergencies (declared_at DESC, id DESC);
CREATE INDEX emergencies_of_root ON emergencies (root_id);
CREATE INDEX emergencies_due ON emergencies (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE emergency_log (
    id           uuid PRIMARY KEY,
    emergency_id uuid NOT NULL,
    centre       text NOT NULL,
    no           integer NOT NULL,
    lamport      bigint NOT NULL,
    at           timestamptz NOT NULL,
    by           text NOT NULL,
    event        text NOT NULL,
    content      text NOT NULL,
    previous     text NOT NULL,
    digest       text NOT NULL,
    came_from    text,
    taken_at     timestamptz NOT NULL,
    txid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    position     bigint NOT NULL DEFAULT nextval('events_position_seq'),
    CONSTRAINT "a centre numbers its lines of an emergency" UNIQUE (emergency_id, centre, no)
);
CREATE INDEX emergency_log_by_cause ON emergency_log (emergency_id, lamport, centre, no);
CREATE INDEX emergency_log_in_feed_order ON emergency_log (txid, position);
CREATE TRIGGER "the log of an emergency is append-only" BEFORE UPDATE OR DELETE ON emergency_log FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "the log of an emergency is never emptied" BEFORE TRUNCATE ON emergency_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- The greatest lamport number that this centre has seen in any emergency.
CREATE TABLE emergency_causes (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    lamport bigint NOT NULL
);
INSERT INTO emergency_causes (lamport) VALUES (0);

-- This centre's orders that belong to an emergency; their own loop goes on.
CREATE TABLE emergency_orders (
    order_id     uuid PRIMARY KEY,
    emergency_id uuid NOT NULL,
    linked_at    timestamptz NOT NULL,
    linked_by    text NOT NULL,
    why          text NOT NULL
);
CREATE INDEX emergency_orders_of ON emergency_orders (emergency_id, linked_at);

-- Who of this centre has read a broadcast.
CREATE TABLE emergency_reads (
    broadcast_id uuid NOT NULL,
    person       text NOT NULL,
    emergency_id uuid NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (broadcast_id, person)
);

-- Situation reports as they were made.
CREATE TABLE emergency_reports (
    emergency_id uuid NOT NULL,
    no           integer NOT NULL,
    made_at      timestamptz NOT NULL,
    made_by      text NOT NULL,
    digest       text NOT NULL,
    bytes        bytea NOT NULL,
    PRIMARY KEY (emergency_id, no)
);
