-- 0001_orders.sql
-- One node is one centre: its orders, their ledger, timers and the messages to and from its peers.

CREATE TABLE orders (
    id              uuid PRIMARY KEY,
    matter_id       uuid NOT NULL,
    number          text,
    kind            text NOT NULL,
    status          text NOT NULL,
    version         integer NOT NULL,
    head            bytea NOT NULL,
    round           smallint NOT NULL,
    responsible     boolean NOT NULL,
    first_receiver  text NOT NULL,
    origin          text NOT NULL,
    master_id       uuid REFERENCES orders,
    exercise        text NOT NULL,
    channel         text NOT NULL,
    type            text,
    class_intake    text,
    class_confirmed text,
    level           smallint,
    urgent          boolean NOT NULL,
    danger          boolean NOT NULL,
    confidential    boolean NOT NULL,
    division_code   text,
    unit            text,
    title           text NOT NULL,
    content         text NOT NULL,
    caller          jsonb NOT NULL,
    incident        jsonb NOT NULL,
    call            jsonb NOT NULL,
    facts           jsonb,
    verdict         jsonb,
    feedback        jsonb,
    answer          text,
    closing         text,
    satisfaction    smallint,
    solved          boolean,
    call_backs      smallint NOT NULL,
    tags            text[] NOT NULL,
    merged          boolean NOT NULL,
    revisited       boolean NOT NULL,
    fed_back        boolean NOT NULL,
    invalid         boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    dispatched_at   timestamptz,
    signed_at       timestamptz,
    arrived_at      timestamptz,
    answered_at     timestamptz,
    closed_at       timestamptz,
    called_back_at  timestamptz,
    evaluated_at    timestamptz,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT "an order is a work order or a police order" CHECK (kind IN ('work_order', 'police_order')),
    CONSTRAINT "versions start at one" CHECK (version > 0),
    CONSTRAINT "an order that this centre accepted has its number" CHECK (accepted_at IS NULL OR number IS NOT NULL),
    CONSTRAINT "who is responsible has accepted" CHECK (NOT responsible OR accepted_at IS NOT NULL),
    CONSTRAINT "a closed order says how" CHECK (closed_at IS NULL OR closing IS NOT NULL),
    CONSTRAINT "five levels of satisfaction" CHECK (satisfaction BETWEEN 1 AND 5),
    CONSTRAINT "exercise is marked as in CAP" CHECK (exercise IN ('actual', 'exercise', 'test'))
) WITH (fillfactor = 85);

CREATE UNIQUE INDEX "a centre has one order of a matter" ON orders (matter_id);
CREATE UNIQUE INDEX "a number is given once" ON orders (number) WHERE number IS NOT NULL;
CREATE INDEX orders_by_status ON orders (status, id);
CREATE INDEX orders_by_unit ON orders (unit, id) WHERE unit IS NOT NULL;
CREATE INDEX orders_by_division ON orders (division_code, id) WHERE division_code IS NOT NULL;

-- The ledger. `hash` covers the row and the hash before it; `txid` lets a reader wait until no earlier row can still appear.
CREATE TABLE events (
    order_id uuid NOT NULL,
    seq      integer NOT NULL,
    status   text NOT NULL,
    kind     text NOT NULL,
    id       uuid NOT NULL,
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    role     text NOT NULL,
    number   text,
    body     text NOT NULL,
    hash     bytea NOT NULL,
    txid     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    position bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (order_id, seq, status)
);
CREATE INDEX events_in_feed_order ON events (txid, position);

ALTER TABLE orders ADD CONSTRAINT "a status has its event"
    FOREIGN KEY (id, version, status) REFERENCES events (order_id, seq, status) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER "events are append-only" BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "events are never emptied" BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- Numbers without gaps: the counter moves in the same transaction that uses the number.
CREATE TABLE counters (
    scope text PRIMARY KEY,
    last  integer NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE timers (
    order_id       uuid NOT NULL REFERENCES orders,
    name           text NOT NULL,
    status         text NOT NULL,
    due_at         timestamptz NOT NULL,
    started_at     timestamptz NOT NULL,
    policy_version text NOT NULL,
    remaining      jsonb,
    reason         text,
    claimed_until  timestamptz,
    PRIMARY KEY (order_id, name),
    CONSTRAINT "a timer runs, is paused, was stopped or has fired" CHECK (status IN ('running', 'paused', 'stopped', 'fired')),
    CONSTRAINT "a paused timer keeps what was left and why" CHECK (status <> 'paused' OR (remaining IS NOT NULL AND reason IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX timers_due ON timers (due_at) WHERE status = 'running';

CREATE TABLE dispatches (
    order_id      uuid NOT NULL REFERENCES orders,
    no            smallint NOT NULL,
    unit          text NOT NULL,
    person        text,
    vehicle       text,
    dispatched_at timestamptz NOT NULL,
    signed_at     timestamptz,
    arrived_at    timestamptz,
    fed_back_at   timestamptz,
    returned_at   timestamptz,
    return_reason text,
    return_basis  text,
    return_text   text,
    PRIMARY KEY (order_id, no),
    CONSTRAINT "a return has its reason" CHECK (returned_at IS NULL OR return_reason IS NOT NULL)
);

CREATE TABLE transfers (
    id            uuid PRIMARY KEY,
    order_id      uuid NOT NULL REFERENCES orders,
    direction     text NOT NULL,
    peer          text NOT NULL,
    part          boolean NOT NULL,
    urgent        boolean NOT NULL,
    status        text NOT NULL,
    items         text[] NOT NULL,
    message_id    uuid,
    offered_at    timestamptz NOT NULL,
    answered_at   timestamptz,
    reason        text,
    basis         text,
    text          text,
    peer_number   text,
    peer_status   text,
    peer_result   jsonb,
    CONSTRAINT "a transfer goes out or comes in" CHECK (direction IN ('out', 'in')),
    CONSTRAINT "a returned transfer has its reason" CHECK (status <> 'returned' OR reason IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX transfers_of_order ON transfers (order_id);
CREATE UNIQUE INDEX "one open transfer each way per order" ON transfers (order_id, direction) WHERE status IN ('offered', 'withdrawing');

CREATE TABLE outbox (
    id              uuid PRIMARY KEY,
    peer            text NOT NULL,
    matter_id       uuid NOT NULL,
    order_id        uuid NOT NULL,
    seq             integer NOT NULL,
    kind            text NOT NULL,
    urgent          boolean NOT NULL,
    exercise        text NOT NULL,
    body            text NOT NULL,
    created_at      timestamptz NOT NULL,
    status          text NOT NULL DEFAULT 'pending',
    next_attempt_at timestamptz NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    delivered_at    timestamptz,
    last_error      text,
    UNIQUE (peer, matter_id, seq),
    CONSTRAINT "a message is pending, delivered or dead" CHECK (status IN ('pending', 'delivered', 'dead')),
    CONSTRAINT "a delivered message says when" CHECK (status <> 'delivered' OR delivered_at IS NOT NULL),
    CONSTRAINT "a dead message says why" CHECK (status <> 'dead' OR last_error IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX outbox_pending ON outbox (peer, next_attempt_at, id) WHERE status = 'pending';
CREATE INDEX outbox_urgent ON outbox (peer, next_attempt_at) WHERE status = 'pending' AND urgent;
CREATE INDEX outbox_dead ON outbox (id) WHERE status = 'dead';

-- One row a try to deliver a batch, always written: the evidence of transport.
CREATE TABLE attempts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    peer       text NOT NULL,
    at         timestamptz NOT NULL,
    messages   integer NOT NULL,
    delivered  integer NOT NULL,
    took_ms    integer NOT NULL,
    error      text
);

CREATE TABLE inbox (
    sender      text NOT NULL,
    message_id  uuid NOT NULL,
    matter_id   uuid NOT NULL,
    seq         integer NOT NULL,
    kind        text NOT NULL,
    digest      bytea NOT NULL,
    status      text NOT NULL,
    code        text,
    text        text,
    raw         text,
    received_at timestamptz NOT NULL,
    handled_at  timestamptz,
    PRIMARY KEY (sender, message_id),
    UNIQUE (sender, matter_id, seq),
    CONSTRAINT "a message is handled, parked or refused" CHECK (status IN ('handled', 'parked', 'refused')),
    CONSTRAINT "what is not handled is kept whole" CHECK (status = 'handled' OR raw IS NOT NULL),
    CONSTRAINT "a refusal has its code" CHECK (status <> 'refused' OR code IS NOT NULL)
);
CREATE INDEX inbox_unhandled ON inbox (received_at) WHERE status <> 'handled';

-- What arrived and could not even be taken as a message: wrong signature, unknown sender, not in the form.
CREATE TABLE rejections (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL,
    source text NOT NULL,
    code   text NOT NULL,
    text   text NOT NULL,
    sample text NOT NULL
);

-- Creates that carried an Idempotency-Key: the same key from the same actor gets the same order.
CREATE TABLE requests (
    actor      text NOT NULL,
    key        text NOT NULL,
    digest     bytea NOT NULL,
    order_id   uuid NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (actor, key)
);

CREATE TABLE api_keys (
    id         text PRIMARY KEY,
    digest     bytea NOT NULL UNIQUE,
    name       text NOT NULL,
    roles      text[] NOT NULL,
    unit       text,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

-- Who saw whose personal data unmasked, when and why.
CREATE TABLE views (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    order_id uuid NOT NULL REFERENCES orders,
    fields   text[] NOT NULL,
    reason   text NOT NULL
);
CREATE INDEX views_of_order ON views (order_id);
CREATE TRIGGER "views are append-only" BEFORE UPDATE OR DELETE ON views FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- 0002_notices.sql
-- Notices: messages between centres that concern no order (a catalogue's version, a day's root). They have a thread instead of a matter.
ALTER TABLE outbox ALTER COLUMN order_id DROP NOT NULL;

-- 0003_linkage.sql
-- Negotiation, three-way calls, recall, joint handling that ends, the path of a matter through many centres, supervision between centres.
ALTER TABLE orders
    ADD COLUMN path         jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN bounces      smallint NOT NULL DEFAULT 0,
    ADD COLUMN claim        smallint NOT NULL DEFAULT 0,
    ADD COLUMN urges        smallint NOT NULL DEFAULT 0,
    ADD COLUMN awaits       jsonb,
    ADD COLUMN supervisions jsonb NOT NULL DEFAULT '[]';
CREATE INDEX orders_merged ON orders (master_id) WHERE master_id IS NOT NULL;
CREATE INDEX orders_by_caller ON orders ((caller->>'phone'), id) WHERE caller->>'phone' <> '';
CREATE INDEX orders_by_place ON orders ((incident->>'address'), id) WHERE incident->>'address' <> '';

ALTER TABLE transfers
    ADD COLUMN round          smallint NOT NULL DEFAULT 1,
    ADD COLUMN binding        text,
    ADD COLUMN recall         text,
    ADD COLUMN joint_ended_at timestamptz,
    ADD COLUMN duplicate_of   text,
    ADD COLUMN negotiated_at  timestamptz,
    ADD COLUMN settled_by     text,
    ADD COLUMN positions      jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN calls          jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN precedent      jsonb,
    ADD CONSTRAINT "a negotiation says since when" CHECK (status <> 'negotiating' OR negotiated_at IS NOT NULL),
    ADD CONSTRAINT "a kept transfer says how it was settled" CHECK (status <> 'kept' OR settled_by IS NOT NULL),
    ADD CONSTRAINT "only joint handling ends as joint handling" CHECK (joint_ended_at IS NULL OR part);
DROP INDEX "one open transfer each way per order";
CREATE UNIQUE INDEX "the whole is on offer to one centre at a time" ON transfers (order_id)
    WHERE direction = 'out' AND NOT part AND NOT urgent AND status IN ('offered', 'negotiating', 'withdrawing', 'keeping');
CREATE UNIQUE INDEX "one open transfer of a kind to or from a centre" ON transfers (order_id, direction, peer, part)
    WHERE NOT urgent AND status IN ('offered', 'negotiating', 'withdrawing', 'keeping');
CREATE INDEX transfers_of_peer ON transfers (peer, order_id);
CREATE INDEX transfers_asked ON transfers (order_id) WHERE direction = 'in' AND status IN ('offered', 'negotiating');
CREATE INDEX precedents ON transfers ((precedent->>'question'), answered_at) WHERE precedent IS NOT NULL;

-- The same question settled a third time: for the next consultation to write into the catalogue.
CREATE TABLE catalogue_proposals (
    question   text PRIMARY KEY,
    count      integer NOT NULL,
    owners     jsonb NOT NULL,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    status     text NOT NULL DEFAULT 'open',
    decided_by text,
    decided_at timestamptz,
    note       text,
    CONSTRAINT "a proposal is open, taken or dismissed" CHECK (status IN ('open', 'taken', 'dismissed'))
);

-- A liaison seat: somebody of one centre works inside another, with the rights of the linkage only.
ALTER TABLE api_keys ADD COLUMN home text;

-- 0010_catalogue_versions.sql
-- Versions of the transfer list: one row a version and pair, with the exact text that both centres agree to.
CREATE TABLE catalogue_versions (
    id             uuid PRIMARY KEY,
    peer           text NOT NULL,
    origin         text NOT NULL,
    status         text NOT NULL,
    title          text NOT NULL,
    notes          text NOT NULL,
    content        text NOT NULL,
    digest         text NOT NULL,
    base           text,
    no             integer,
    effective_from date,
    made_by        text NOT NULL,
    made_at        timestamptz NOT NULL,
    answered_by    text,
    reason         text,
    agreed_at      timestamptz,
    in_force_at    timestamptz,
    superseded_at  timestamptz,
    CONSTRAINT "a version is ours or the peer's" CHECK (origin IN ('ours', 'peer')),
    CONSTRAINT "the steps of a version" CHECK (status IN
        ('draft', 'proposed', 'withdrawing', 'agreed', 'declined', 'withdrawn', 'in_force', 'superseded')),
    CONSTRAINT "a proposed version has its number and its day" CHECK (status IN ('draft', 'withdrawn') OR (no IS NOT NULL AND effective_from IS NOT NULL)),
    CONSTRAINT "a version in force was agreed" CHECK (status NOT IN ('agreed', 'in_force', 'superseded') OR agreed_at IS NOT NULL),
    CONSTRAINT "the digest is of this content" CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
);
CREATE UNIQUE INDEX "one version in force for each peer" ON catalogue_versions (peer) WHERE status = 'in_force';
CREATE UNIQUE INDEX "one proposal on the table each way" ON catalogue_versions (peer, origin) WHERE status IN ('proposed', 'withdrawing');
CREATE UNIQUE INDEX "a number is agreed once" ON catalogue_versions (peer, no) WHERE status IN ('agreed', 'in_force', 'superseded');
CREATE INDEX catalogue_versions_of_peer ON catalogue_versions (peer, id);

CREATE FUNCTION refuse_other_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.peer, NEW.origin, NEW.content, NEW.digest) IS DISTINCT FROM (OLD.id, OLD.peer, OLD.origin, OLD.content, OLD.digest) THEN
        RAISE EXCEPTION 'the content of a version never changes: make a new one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "the content of a version never changes" BEFORE UPDATE ON catalogue_versions FOR EACH ROW EXECUTE FUNCTION refuse_other_content();
CREATE TRIGGER "versions are never deleted" BEFORE DELETE ON catalogue_versions FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- Every step of every version: who, when, why. What a peer sent and what was refused by itself is here as well.
CREATE TABLE catalogue_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version_id uuid NOT NULL,
    peer       text NOT NULL,
    at         timestamptz NOT NULL,
    actor      text NOT NULL,
    role       text NOT NULL,
    event      text NOT NULL,
    status     text NOT NULL,
    body       jsonb NOT NULL
);
CREATE INDEX catalogue_log_of_version ON catalogue_log (version_id, id);
CREATE TRIGGER "the log of versions is append-only" BEFORE UPDATE OR DELETE ON catalogue_log FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "the log of versions is never emptied" BEFORE TRUNCATE ON catalogue_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- Parts of a proposal until the last one is here.
CREATE TABLE catalogue_parts (
    peer       text NOT NULL,
    version_id uuid NOT NULL,
    part       smallint NOT NULL,
    content    text NOT NULL,
    PRIMARY KEY (peer, version_id, part)
);

-- How far the open orders were read again under a version that came into force; a worker goes on where another one ended.
CREATE TABLE catalogue_reassessments (
    version_id  uuid PRIMARY KEY REFERENCES catalogue_versions,
    not_before  timestamptz NOT NULL,
    after       uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    looked_at   integer NOT NULL DEFAULT 0,
    flagged     integer NOT NULL DEFAULT 0,
    finished_at timestamptz
);
CREATE INDEX catalogue_reassessments_open ON catalogue_reassessments (not_before) WHERE finished_at IS NULL;

-- 0011_attachments.sql
-- Attachments: files that belong to a matter, kept in pieces, and the copies of them that peers are owed.

CREATE TABLE attachments (
    order_id        uuid NOT NULL REFERENCES orders,
    id              uuid NOT NULL,
    name            text NOT NULL,
    media_type      text NOT NULL,
    size            bigint NOT NULL,
    sha256          text NOT NULL,
    taken_at        timestamptz,
    place           text NOT NULL,
    added_by        text NOT NULL,
    added_at        timestamptz,
    confidential    boolean NOT NULL,
    origin          text NOT NULL,
    status          text NOT NULL,
    received        bigint NOT NULL,
    reason          text,
    created_at      timestamptz NOT NULL,
    -- who uploads, for the action that adds it once it is whole
    roles           text[],
    unit            text,
    request_key     text,
    request_digest  bytea,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
    -- the order comes first: what a peer says of a file can only concern the order it speaks of
    PRIMARY KEY (order_id, id),
    CONSTRAINT "an attachment is on its way, looked at, kept, infected or refused"
        CHECK (status IN ('receiving', 'scanning', 'clean', 'unscanned', 'infected', 'refused')),
    CONSTRAINT "no more is received than was declared" CHECK (received BETWEEN 0 AND size AND size > 0),
    CONSTRAINT "what is kept is whole" CHECK (status NOT IN ('scanning', 'clean', 'unscanned') OR received = size),
    CONSTRAINT "what is bad says why" CHECK (status NOT IN ('infected', 'refused') OR reason IS NOT NULL),
    CONSTRAINT "an own file is added when it is kept" CHECK (added_at IS NULL OR origin <> 'own' OR received = size)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX "an upload is begun once" ON attachments (added_by, request_key) WHERE request_key IS NOT NULL;
CREATE INDEX attachments_waiting ON attachments (next_attempt_at)
    WHERE status = 'scanning' OR (added_at IS NULL AND status IN ('clean', 'unscanned'));
CREATE INDEX attachments_unfinished ON attachments (created_at) WHERE status = 'receiving' AND added_at IS NULL;

-- The bytes. `start` is where in the file a piece begins. Not compressed: photos and recordings are so already.
CREATE TABLE attachment_chunks (
    order_id      uuid NOT NULL,
    attachment_id uuid NOT NULL,
    start         bigint NOT NULL,
    bytes         bytea NOT NULL,
    PRIMARY KEY (order_id, attachment_id, start),
    FOREIGN KEY (order_id, attachment_id) REFERENCES attachments ON DELETE CASCADE
);
ALTER TABLE attachment_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Who was told of a file is owed its bytes: a row is written by the very commit that writes the announcement.
CREATE TABLE attachment_copies (
    order_id        uuid NOT NULL,
    attachment_id   uuid NOT NULL,
    peer            text NOT NULL,
    message_id      uuid NOT NULL,
    urgent          boolean NOT NULL,
    status          text NOT NULL DEFAULT 'pending',
    sent            bigint NOT NULL DEFAULT 0,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    delivered_at    timestamptz,
    last_error      text,
    PRIMARY KEY (order_id, attachment_id, peer),
    FOREIGN KEY (order_id, attachment_id) REFERENCES attachments ON DELETE CASCADE,
    CONSTRAINT "a copy is pending, delivered, refused or withheld" CHECK (status IN ('pending', 'delivered', 'refused', 'withheld')),
    CONSTRAINT "a delivered copy says when" CHECK (status <> 'delivered' OR delivered_at IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX attachment_copies_pending ON attachment_copies (peer, urgent DESC, next_attempt_at) WHERE status = 'pending';

-- 0012_roots.sql
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

-- 0013_audit.sql
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

-- 0014_desk.sql
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

-- 0020_dispatching.sql
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

-- 0021_handling.sql
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

-- 0022_oversight.sql
-- The closed loop inside a centre: formal supervision (督办) and what may follow from it, call-back and evaluation, and what people are told.

-- One formal supervision of a unit over an order; its rounds of question, reply and judgement and its checks on site are documents.
CREATE TABLE oversights (
    order_id   uuid NOT NULL REFERENCES orders,
    no         smallint NOT NULL,
    number     text NOT NULL,
    authority  text NOT NULL,
    rank       smallint NOT NULL,
    status     text NOT NULL,
    unit       text,
    text       text NOT NULL,
    rule       text,
    joint      uuid,
    opened_at  timestamptz NOT NULL,
    opened_by  text NOT NULL,
    due_at     timestamptz NOT NULL,
    ended_at   timestamptz,
    rounds     jsonb NOT NULL,
    checks     jsonb NOT NULL,
    PRIMARY KEY (order_id, no),
    CONSTRAINT "an oversight is open, replied, accepted, raised or withdrawn" CHECK (status IN ('open', 'replied', 'accepted', 'raised', 'withdrawn')),
    CONSTRAINT "an oversight that ended says when" CHECK ((ended_at IS NULL) = (status IN ('open', 'replied')))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX "a number of an oversight is given once" ON oversights (number);
CREATE UNIQUE INDEX "one oversight of an order is alive" ON oversights (order_id) WHERE status IN ('open', 'replied');
CREATE INDEX oversights_by_time ON oversights (opened_at, number);
CREATE INDEX oversights_by_unit ON oversights (unit, opened_at, number);
CREATE INDEX oversights_by_authority ON oversights (authority, opened_at, number);
CREATE INDEX oversights_due ON oversights (due_at) WHERE status = 'open';

-- Which overdue rounds people were told of: an order whose loop is closed has no clock of its own.
CREATE TABLE oversight_alarms (
    order_id uuid NOT NULL,
    no       smallint NOT NULL,
    due_at   timestamptz NOT NULL,
    PRIMARY KEY (order_id, no, due_at)
);

-- Interviews, circulars, accountability and praise: of a unit or a person, with the orders that show it.
CREATE TABLE measures (
    id          uuid PRIMARY KEY,
    number      text NOT NULL UNIQUE,
    kind        text NOT NULL,
    status      text NOT NULL,
    version     integer NOT NULL,
    unit        text NOT NULL,
    person      text NOT NULL,
    reason      text NOT NULL,
    basis       text NOT NULL,
    evidence    text NOT NULL,
    orders      text[] NOT NULL,
    attachments uuid[] NOT NULL,
    oversight   text,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by  text,
    decided_at  timestamptz,
    appeal_until timestamptz,
    appealed_by text,
    appealed_at timestamptz,
    appeal      text NOT NULL DEFAULT '',
    judged_by   text,
    judged_at   timestamptz,
    done_at     timestamptz,
    CONSTRAINT "who decides did not propose" CHECK (decided_by IS NULL OR decided_by <> proposed_by),
    CONSTRAINT "who judges an appeal had no part in it" CHECK (judged_by IS NULL OR judged_by NOT IN (proposed_by, decided_by, appealed_by))
) WITH (fillfactor = 80);
CREATE INDEX measures_by_time ON measures (proposed_at, id);
CREATE INDEX measures_by_unit ON measures (unit, proposed_at, id);
CREATE TABLE measure_steps (
    measure_id uuid NOT NULL REFERENCES measures,
    version    integer NOT NULL,
    step       text NOT NULL,
    at         timestamptz NOT NULL,
    actor      text NOT NULL,
    text       text NOT NULL,
    PRIMARY KEY (measure_id, version)
);
CREATE TRIGGER "steps are append-only" BEFORE UPDATE OR DELETE ON measure_steps FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- When the caller was last tried in this round: attempts are made on different half-days.
ALTER TABLE orders ADD COLUMN call_back_tried_at timestamptz;

-- Who reads the ledger by a cursor that moves with what was written of it, and how far each has come. They begin where the ledger ends now.
CREATE TABLE followers (
    name     text PRIMARY KEY,
    txid     text NOT NULL,
    position bigint NOT NULL
) WITH (fillfactor = 50);
INSERT INTO followers (name, txid, position)
SELECT name, coalesce((SELECT txid::text FROM events ORDER BY txid DESC, position DESC LIMIT 1), '0'),
       coalesce((SELECT position FROM events ORDER BY txid DESC, position DESC LIMIT 1), 0)
FROM unnest(ARRAY['messaging', 'callbacks']) AS name;

-- What people are told: one row a recipient and channel. `dedup` makes the second writing of the same thing impossible.
CREATE TABLE notifications (
    id              uuid PRIMARY KEY,
    dedup           text NOT NULL UNIQUE,
    order_id        uuid NOT NULL,
    event           text NOT NULL,
    template        text NOT NULL,
    channel         text NOT NULL,
    recipient       text NOT NULL,
    unit            text,
    language        text NOT NULL,
    urgent          boolean NOT NULL,
    params          jsonb NOT NULL,
    invite          uuid,
    created_at      timestamptz NOT NULL,
    status          text NOT NULL DEFAULT 'pending',
    next_attempt_at timestamptz NOT NULL,
    claimed_until   timestamptz,
    attempts        integer NOT NULL DEFAULT 0,
    sent_at         timestamptz,
    seen_at         timestamptz,
    seen_by         text,
    reference       text,
    last_error      text,
    CONSTRAINT "a notification is pending, sent or dead" CHECK (status IN ('pending', 'sent', 'dead')),
    CONSTRAINT "a sent notification says when" CHECK (status <> 'sent' OR sent_at IS NOT NULL),
    CONSTRAINT "a dead notification says why" CHECK (status <> 'dead' OR last_error IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX notifications_pending ON notifications (next_attempt_at) WHERE status = 'pending';
CREATE INDEX notifications_dead ON notifications (id) WHERE status = 'dead';
CREATE INDEX notifications_of_unit ON notifications (unit, id) WHERE channel = 'in_app';
CREATE INDEX notifications_of_order ON notifications (order_id, id);

-- One row a try, always written: what the gateway said is the receipt.
CREATE TABLE notification_attempts (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notification_id uuid NOT NULL REFERENCES notifications,
    at              timestamptz NOT NULL,
    took_ms         integer NOT NULL,
    reference       text,
    error           text
);
CREATE INDEX attempts_of_notification ON notification_attempts (notification_id, id);
CREATE TRIGGER "attempts are append-only" BEFORE UPDATE OR DELETE ON notification_attempts FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- Where a unit is reached beside its inbox here.
CREATE TABLE contacts (
    unit    text NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    since   timestamptz NOT NULL,
    actor   text NOT NULL,
    PRIMARY KEY (unit, channel, address)
);

-- How the caller of a closed order is asked, decided once a round by the sampling policy.
CREATE TABLE call_plans (
    order_id   uuid NOT NULL,
    round      smallint NOT NULL,
    method     text NOT NULL,
    rule       text NOT NULL,
    planned_at timestamptz NOT NULL,
    phone_from timestamptz NOT NULL,
    done_at    timestamptz,
    PRIMARY KEY (order_id, round)
);
CREATE INDEX call_plans_open ON call_plans (phone_from, order_id) WHERE done_at IS NULL;

-- An invitation to evaluate by link; each sending carries a token of its own, of which only the digest is kept.
CREATE TABLE invites (
    id         uuid PRIMARY KEY,
    order_id   uuid NOT NULL,
    round      smallint NOT NULL,
    method     text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    sent_at    timestamptz,
    tried_from text,
    tried_at   timestamptz,
    used_at    timestamptz,
    UNIQUE (order_id, round)
) WITH (fillfactor = 80);
CREATE TABLE invite_tokens (
    digest    bytea PRIMARY KEY,
    invite_id uuid NOT NULL REFERENCES invites,
    made_at   timestamptz NOT NULL
);

-- Every evaluation that was given, with what a detector compares; the caller's words as they were said.
CREATE TABLE evaluations (
    order_id     uuid NOT NULL,
    round        smallint NOT NULL,
    seq          integer NOT NULL,
    at           timestamptz NOT NULL,
    method       text NOT NULL,
    actor        text NOT NULL,
    address      text,
    phone_digest bytea,
    sent_at      timestamptz,
    satisfaction smallint NOT NULL,
    mapped       text NOT NULL,
    solved       boolean,
    words        text NOT NULL,
    unit         text,
    person       text,
    number       text,
    exercise     text NOT NULL,
    PRIMARY KEY (order_id, seq)
);
CREATE INDEX evaluations_by_time ON evaluations (at);
CREATE INDEX evaluations_by_actor ON evaluations (actor, at);
CREATE INDEX evaluations_by_address ON evaluations (address, at) WHERE address IS NOT NULL;
CREATE INDEX evaluations_by_phone ON evaluations (phone_digest, at) WHERE phone_digest IS NOT NULL;
CREATE INDEX evaluations_by_unit ON evaluations (unit, at);

-- Evaluations that somebody may have given in the caller's stead: a detector flags, a person decides.
CREATE TABLE evaluation_flags (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL,
    thing      text NOT NULL,
    orders     text[] NOT NULL,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    count      integer NOT NULL,
    actors     text[] NOT NULL,
    status     text NOT NULL DEFAULT 'open',
    decided_by text,
    decided_at timestamptz,
    note       text NOT NULL DEFAULT '',
    CONSTRAINT "a flag is open, confirmed or dismissed" CHECK (status IN ('open', 'confirmed', 'dismissed')),
    CONSTRAINT "a decided flag says by whom" CHECK ((status = 'open') = (decided_by IS NULL))
);
CREATE UNIQUE INDEX "one open flag of a thing" ON evaluation_flags (kind, thing) WHERE status = 'open';
CREATE INDEX evaluation_flags_by_time ON evaluation_flags (status, last_at);

-- What a rule makes of an evaluation, written with the evaluation and carried out by the worker afterwards.
CREATE TABLE reactions (
    order_id  uuid NOT NULL,
    seq       integer NOT NULL,
    rule      text NOT NULL,
    at        timestamptz NOT NULL,
    done_at   timestamptz,
    outcome   text,
    PRIMARY KEY (order_id, seq)
);
CREATE INDEX reactions_waiting ON reactions (at) WHERE done_at IS NULL;

-- 0023_assessment.sql
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

-- 0024_policing.sql
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

-- 0025_people.sql
-- People and rights: accounts, sessions, who did what with them, break-glass, exports.

-- A person who signs in. `password`: argon2id; null for somebody who only comes by OIDC. `asked`: rights that a system administrator asked for
-- and the security administrator has not granted yet. `totp`: sealed with the node's key; `totp_step`: the last time step that was used.
CREATE TABLE accounts (
    name                text PRIMARY KEY,
    display_name        text NOT NULL,
    roles               text[] NOT NULL DEFAULT '{}',
    unit                text,
    home                text,
    asked               jsonb,
    password            text,
    password_changed_at timestamptz,
    must_change         boolean NOT NULL DEFAULT true,
    history             text[] NOT NULL DEFAULT '{}',
    failures            integer NOT NULL DEFAULT 0,
    locked_until        timestamptz,
    totp                bytea,
    totp_pending        bytea,
    totp_step           bigint NOT NULL DEFAULT 0,
    oidc_subject        text UNIQUE,
    disabled_at         timestamptz,
    created_at          timestamptz NOT NULL,
    created_by          text NOT NULL,
    CONSTRAINT "a name is written one way" CHECK (name ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
    CONSTRAINT "the three administrators are separate" CHECK (
        NOT (roles && ARRAY['admin', 'security', 'auditor'] AND cardinality(roles) > 1))
);

-- Only the digest of a session's token is kept.
CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    digest     bytea NOT NULL UNIQUE,
    account    text NOT NULL REFERENCES accounts,
    method     text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    address    text NOT NULL,
    agent      text NOT NULL,
    ended_at   timestamptz,
    ended_by   text
);
CREATE INDEX sessions_live ON sessions (account) WHERE ended_at IS NULL;

-- What happened to accounts and sessions; for the auditor.
CREATE TABLE account_log (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    actor   text NOT NULL,
    account text NOT NULL,
    kind    text NOT NULL,
    body    jsonb NOT NULL DEFAULT '{}',
    address text NOT NULL DEFAULT ''
);
CREATE INDEX account_log_of_account ON account_log (account, id);
CREATE TRIGGER "account_log is append-only" BEFORE UPDATE OR DELETE ON account_log FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- A sign-in by OIDC that is under way: used once, bound to the browser that began it.
CREATE TABLE oidc_flows (
    digest     bytea PRIMARY KEY,
    browser    bytea NOT NULL,
    nonce      text NOT NULL,
    verifier   text NOT NULL,
    return_to  text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX oidc_flows_by_age ON oidc_flows (created_at);

-- A hidden caller that was opened at once; a second person says afterwards whether that was right.
CREATE TABLE broken_glass (
    id         uuid PRIMARY KEY,
    order_id   uuid NOT NULL REFERENCES orders,
    at         timestamptz NOT NULL,
    actor      text NOT NULL,
    reason     text NOT NULL,
    due_at     timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text,
    justified  boolean,
    words      text,
    alarmed_at timestamptz,
    CONSTRAINT "another person decides" CHECK (decided_by IS DISTINCT FROM actor)
);
CREATE INDEX broken_glass_open ON broken_glass (due_at) WHERE decided_at IS NULL;

CREATE TABLE exports (
    id      uuid PRIMARY KEY,
    at      timestamptz NOT NULL,
    actor   text NOT NULL,
    filters jsonb NOT NULL,
    rows    integer NOT NULL,
    sha256  bytea NOT NULL
);
CREATE INDEX exports_of_actor ON exports (actor, id);
CREATE TRIGGER "exports are append-only" BEFORE UPDATE OR DELETE ON exports FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE INDEX views_of_actor ON views (actor, id);

-- 0026_answered_callers.sql
-- Whether a caller has had an answer before is asked at every intake: one probe, however many matters the number has brought.
CREATE INDEX orders_answered_by_caller ON orders ((caller->>'phone'), created_at)
    WHERE caller->>'phone' <> '' AND status IN ('answered', 'fed_back', 'closed', 'called_back', 'evaluated', 'guided');

-- 0028_interfaces.sql
-- Open interfaces: accounts of partners with their quotas and code tables.

CREATE TABLE partners (
    code       text PRIMARY KEY,
    name       text NOT NULL,
    digest     bytea NOT NULL UNIQUE,
    secret     text,
    scopes     text[] NOT NULL,
    unit       text,
    per_minute integer NOT NULL,
    per_day    integer NOT NULL,
    networks   text[] NOT NULL,
    hosts      text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT "a quota is at least one" CHECK (per_minute > 0 AND per_day > 0)
);

-- How often a partner has asked in this minute and on this day: one row a partner.
CREATE TABLE partner_uses (
    partner     text PRIMARY KEY REFERENCES partners,
    minute      timestamptz NOT NULL,
    this_minute integer NOT NULL,
    day         date NOT NULL,
    this_day    integer NOT NULL
) WITH (fillfactor = 50);

-- Signed requests that were taken: the same one is not taken twice. Rows older than the signature's tolerance are of no use.
CREATE TABLE partner_signatures (
    partner text NOT NULL REFERENCES partners,
    id      text NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (partner, id)
);
CREATE INDEX partner_signatures_by_time ON partner_signatures (at);

-- What another system calls our codes, both ways, and the codes that nobody has mapped yet. `owner`: a partner or a side of the exchange database.
CREATE TABLE code_mappings (
    owner  text NOT NULL,
    list   text NOT NULL,
    ours   text NOT NULL,
    theirs text NOT NULL,
    PRIMARY KEY (owner, list, ours),
    UNIQUE (owner, list, theirs)
);
CREATE TABLE unmapped_codes (
    owner     text NOT NULL,
    list      text NOT NULL,
    direction text NOT NULL,
    code      text NOT NULL,
    count     integer NOT NULL,
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    PRIMARY KEY (owner, list, direction, code),
    CONSTRAINT "a code comes in or goes out" CHECK (direction IN ('in', 'out'))
);

-- What partners handed in, by who and when; and what is public of it.
CREATE INDEX requests_of_partners ON requests (actor, order_id) WHERE actor LIKE 'partner:%';
CREATE INDEX requests_of_open311 ON requests (at, order_id) WHERE key LIKE 'open311:%';
CREATE INDEX requests_by_order_of_open311 ON requests (order_id) WHERE key LIKE 'open311:%';

-- Subscriptions of partners, and each event that is owed to one: its body is written once and sent as it is, however often.
CREATE TABLE webhooks (
    id         uuid PRIMARY KEY,
    partner    text NOT NULL REFERENCES partners,
    url        text NOT NULL,
    kinds      text[] NOT NULL,
    secret     text NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at   timestamptz,
    end_reason text
);
CREATE INDEX webhooks_of_partner ON webhooks (partner);
CREATE TABLE deliveries (
    id              uuid PRIMARY KEY,
    webhook_id      uuid NOT NULL REFERENCES webhooks,
    position        bigint NOT NULL,
    kind            text NOT NULL,
    body            text NOT NULL,
    created_at      timestamptz NOT NULL,
    status          text NOT NULL DEFAULT 'pending',
    next_attempt_at timestamptz NOT NULL,
    claimed_until   timestamptz,
    attempts        integer NOT NULL DEFAULT 0,
    delivered_at    timestamptz,
    last_error      text,
    UNIQUE (webhook_id, position),
    CONSTRAINT "a delivery is pending, delivered or dead" CHECK (status IN ('pending', 'delivered', 'dead')),
    CONSTRAINT "a dead delivery says why" CHECK (status <> 'dead' OR last_error IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX deliveries_pending ON deliveries (next_attempt_at) WHERE status = 'pending';
CREATE INDEX deliveries_dead ON deliveries (webhook_id, id) WHERE status = 'dead';
INSERT INTO followers (name, txid, position)
SELECT 'webhooks', coalesce((SELECT txid::text FROM events ORDER BY txid DESC, position DESC LIMIT 1), '0'),
       coalesce((SELECT position FROM events ORDER BY txid DESC, position DESC LIMIT 1), 0);

-- The exchange database (中间库): tables through which a system that only speaks SQL joins. Columns carry the national data-item names.
-- Each side has a role of its own and sees its own rows only. The worker turns rows into the same commands that people give, and events into rows.
CREATE SCHEMA exchange_db;

CREATE TABLE exchange_db.sides (
    code       text PRIMARY KEY,
    name       text NOT NULL,
    role       text NOT NULL UNIQUE,
    unit       text,
    roles      text[] NOT NULL,
    callers    boolean NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE FUNCTION exchange_db.my_side() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = exchange_db, pg_temp AS
$$ SELECT code FROM exchange_db.sides WHERE role = session_user AND ended_at IS NULL $$;

CREATE TABLE exchange_db.codes (
    list text NOT NULL,
    code text NOT NULL,
    ours text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (list, code)
);
INSERT INTO exchange_db.codes (list, code, ours, name) VALUES
    ('tszt', '0', '0', '未推送'), ('tszt', '1', '1', '已推送'), ('tszt', '2', '2', '已处理'),
    ('jqlyfs', '01', 'phone', '电话'), ('jqlyfs', '02', 'web', '网站'), ('jqlyfs', '03', 'app', '客户端'), ('jqlyfs', '04', 'wechat', '微信'),
    ('jqlyfs', '05', 'sms', '短信'), ('jqlyfs', '06', 'walk_in', '来访'), ('jqlyfs', '09', 'import', '批量导入'),
    ('bjrxbdm', '0', 'unknown', '未知'), ('bjrxbdm', '1', 'male', '男'), ('bjrxbdm', '2', 'female', '女'), ('bjrxbdm', '9', 'unknown', '未说明'),
    ('sqlx', '1', 'consultation', '咨询'), ('sqlx', '2', 'help', '求助'), ('sqlx', '3', 'complaint', '投诉'), ('sqlx', '4', 'report', '举报'),
    ('sqlx', '5', 'suggestion', '建议'), ('sqlx', '6', 'praise', '表扬'),
    ('lylx', '00', '12345', '12345热线'), ('lylx', '01', '110', '110报警服务台'), ('lylx', '03', '119', '119消防'), ('lylx', '04', '120', '120急救'),
    ('lylx', '05', 'water', '供水'), ('lylx', '06', 'power', '供电'), ('lylx', '07', 'gas', '燃气'), ('lylx', '08', 'heat', '供热'),
    ('ylbz', '0', 'actual', '真实'), ('ylbz', '1', 'exercise', '演练'), ('ylbz', '2', 'test', '测试'),
    ('xxlx', '1', 'feedback', '反馈'), ('xxlx', '2', 'return', '退单'), ('xxlx', '3', 'call_back', '回访'), ('xxlx', '4', 'accept', '接收转交'),
    ('xxlx', '5', 'sign', '签收'), ('xxlx', '6', 'dispatch', '派单'), ('xxlx', '7', 'arrive', '到场'), ('xxlx', '8', 'start', '开始办理'),
    ('xxlx', '9', 'close', '办结'), ('xxlx', '10', 'supplement', '补充'), ('xxlx', '11', 'transfer', '转交'), ('xxlx', '12', 'step', '办理步骤'),
    ('xxlx', '13', 'contact', '联系诉求人'),
    ('thyy', '1', 'not_our_duty', '不属于本单位职责'), ('thyy', '2', 'wrong_district', '不属于本辖区'), ('thyy', '3', 'incomplete', '内容或要素不全'),
    ('thyy', '4', 'duplicate', '重复件'), ('thyy', '5', 'already_closed', '此前已办结'), ('thyy', '9', 'other', '其他'),
    ('myd', '1', '5', '满意'), ('myd', '2', '3', '基本满意'), ('myd', '3', '1', '不满意');

CREATE TABLE exchange_db.handed_in (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    side     text NOT NULL DEFAULT exchange_db.my_side() REFERENCES exchange_db.sides,
    jjdbh    text NOT NULL,
    jqlyfs   text,
    sqlx     text,
    lbdm     text,
    jqdjdm   text,
    xzqhdm   text,
    bjsj     timestamptz,
    jjsj     timestamptz,
    jjwcsj   timestamptz,
    jjlyh    text,
    bjdh     text,
    bjrmc    text,
    bjrxbdm  text,
    lxdh     text,
    bjdhyhm  text,
    bjdhyhdz text,
    sfbm     boolean NOT NULL DEFAULT false,
    bjdz     text,
    jqdz     text,
    jd84     double precision,
    wd84     double precision,
    jdgcj    double precision,
    wdgcj    double precision,
    bjbt     text,
    bjnr     text NOT NULL,
    bkryqksm integer,
    ssryqksm integer,
    swryqksm integer,
    ylbz     text,
    zjzx     text,
    jjbz     boolean NOT NULL DEFAULT false,
    tszt     smallint NOT NULL DEFAULT 0,
    gdbh     text,
    cwdm     text,
    cwsm     text,
    clsj     timestamptz,
    crsj     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (side, jjdbh),
    CONSTRAINT "a push state is 0, 1 or 2" CHECK (tszt IN (0, 1, 2))
) WITH (fillfactor = 70);
CREATE INDEX handed_in_by_number ON exchange_db.handed_in (gdbh) WHERE gdbh IS NOT NULL;
CREATE INDEX handed_in_waiting ON exchange_db.handed_in (id) WHERE tszt < 2 AND cwdm IS NULL;

CREATE TABLE exchange_db.replies (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    side   text NOT NULL DEFAULT exchange_db.my_side() REFERENCES exchange_db.sides,
    xxbh   text NOT NULL,
    gdbh   text NOT NULL,
    xxlx   text NOT NULL,
    nr     text,
    cbdw   text,
    thyy   text,
    thyj   text,
    sflx   boolean,
    sfjj   boolean,
    myd    text,
    lbdm   text,
    sjdz   text,
    sjsj   timestamptz,
    ssrs   integer,
    swrs   integer,
    zjzx   text,
    jjbz   boolean,
    tszt   smallint NOT NULL DEFAULT 0,
    cwdm   text,
    cwsm   text,
    clsj   timestamptz,
    crsj   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (side, xxbh),
    CONSTRAINT "a push state is 0, 1 or 2" CHECK (tszt IN (0, 1, 2))
) WITH (fillfactor = 70);
CREATE INDEX replies_waiting ON exchange_db.replies (id) WHERE tszt < 2 AND cwdm IS NULL;

CREATE TABLE exchange_db.outgoing (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    side     text NOT NULL REFERENCES exchange_db.sides,
    sjbh     bigint NOT NULL,
    sjlx     text NOT NULL,
    fssj     timestamptz NOT NULL,
    nr       text,
    gdbh     text,
    ssbh     uuid NOT NULL,
    jjdbh    text,
    gdzt     text NOT NULL,
    gdztmc   text NOT NULL,
    lylx     text,
    qrbz     boolean NOT NULL,
    cbdw     text,
    jqlyfs   text,
    sqlx     text,
    lbdm     text,
    hdlbdm   text,
    jqdjdm   text,
    xzqhdm   text,
    jjbz     boolean NOT NULL,
    xqbz     boolean NOT NULL,
    sfbm     boolean NOT NULL,
    ylbz     text,
    bjsj     timestamptz,
    jjsj     timestamptz,
    jjwcsj   timestamptz,
    jjlyh    text,
    bjdh     text,
    bjrmc    text,
    bjrxbdm  text,
    lxdh     text,
    bjdz     text,
    jqdz     text,
    jd84     double precision,
    wd84     double precision,
    jdgcj    double precision,
    wdgcj    double precision,
    bjbt     text,
    bjnr     text,
    bkryqksm integer,
    ssryqksm integer,
    swryqksm integer,
    cljg     text,
    sfjj     boolean,
    myd      text,
    tszt     smallint NOT NULL DEFAULT 0,
    qssj     timestamptz,
    clsj     timestamptz,
    crsj     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (side, sjbh),
    CONSTRAINT "a push state is 0, 1 or 2" CHECK (tszt IN (0, 1, 2))
) WITH (fillfactor = 70);
CREATE INDEX outgoing_waiting ON exchange_db.outgoing (side, id) WHERE tszt < 2;

CREATE TABLE exchange_db.dead_letters (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    side   text NOT NULL REFERENCES exchange_db.sides,
    bm     text NOT NULL,
    hh     bigint NOT NULL,
    bh     text NOT NULL,
    cwdm   text NOT NULL,
    cwsm   text NOT NULL,
    cs     integer NOT NULL DEFAULT 1,
    cwsj   timestamptz NOT NULL,
    jjsj   timestamptz,
    UNIQUE (bm, hh),
    CONSTRAINT "it is a row of what a side wrote" CHECK (bm IN ('handed_in', 'replies'))
);
CREATE INDEX dead_letters_open ON exchange_db.dead_letters (side, id) WHERE jjsj IS NULL;

-- What a side writes goes in as not pushed; what it mends goes again; what it acknowledges never goes back.
CREATE FUNCTION exchange_db.written_by_side() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF exchange_db.my_side() IS NOT NULL THEN
        NEW.tszt := 0;
        NEW.cwdm := NULL;
        NEW.cwsm := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "a side writes what is not pushed" BEFORE INSERT OR UPDATE ON exchange_db.handed_in FOR EACH ROW EXECUTE FUNCTION exchange_db.written_by_side();
CREATE TRIGGER "a side writes what is not pushed" BEFORE INSERT OR UPDATE ON exchange_db.replies FOR EACH ROW EXECUTE FUNCTION exchange_db.written_by_side();
CREATE FUNCTION exchange_db.acknowledged_by_side() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.tszt < OLD.tszt THEN
        RAISE EXCEPTION '推送状态只能由 0 到 1 到 2（a push state never goes back）';
    END IF;
    IF NEW.tszt >= 1 AND OLD.tszt < 1 THEN NEW.qssj := now(); END IF;
    IF NEW.tszt = 2 AND OLD.tszt < 2 THEN NEW.clsj := now(); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "an acknowledgement stands" BEFORE UPDATE ON exchange_db.outgoing FOR EACH ROW EXECUTE FUNCTION exchange_db.acknowledged_by_side();

ALTER TABLE exchange_db.handed_in ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_db.replies ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_db.outgoing ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_db.dead_letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY "a side reads its own" ON exchange_db.handed_in FOR SELECT USING (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side writes its own" ON exchange_db.handed_in FOR INSERT WITH CHECK (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side mends what waits or was refused" ON exchange_db.handed_in FOR UPDATE
    USING (side = (SELECT exchange_db.my_side()) AND (tszt = 0 OR (tszt = 1 AND cwdm IS NOT NULL)));
CREATE POLICY "a side reads its own" ON exchange_db.replies FOR SELECT USING (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side writes its own" ON exchange_db.replies FOR INSERT WITH CHECK (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side mends what waits or was refused" ON exchange_db.replies FOR UPDATE
    USING (side = (SELECT exchange_db.my_side()) AND (tszt = 0 OR (tszt = 1 AND cwdm IS NOT NULL)));
CREATE POLICY "a side reads its own" ON exchange_db.outgoing FOR SELECT USING (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side acknowledges its own" ON exchange_db.outgoing FOR UPDATE USING (side = (SELECT exchange_db.my_side()));
CREATE POLICY "a side reads its own" ON exchange_db.dead_letters FOR SELECT USING (side = (SELECT exchange_db.my_side()));

-- What is not finished, row by row: what a side compares with its own books. A side sees its own rows.
CREATE VIEW exchange_db.unfinished WITH (security_invoker = true) AS
SELECT side, 'handed_in' AS bm, id AS hh, jjdbh AS bh, gdbh, tszt, cwdm, cwsm, crsj FROM exchange_db.handed_in WHERE tszt < 2
UNION ALL
SELECT side, 'replies', id, xxbh, gdbh, tszt, cwdm, cwsm, crsj FROM exchange_db.replies WHERE tszt < 2
UNION ALL
SELECT side, 'outgoing', id, sjbh::text, gdbh, tszt, NULL, NULL, crsj FROM exchange_db.outgoing WHERE tszt < 2;

-- How many rows each way, and in what state.
CREATE VIEW exchange_db.reconciliation WITH (security_invoker = true) AS
SELECT side, bm, count(*) AS zs, count(*) FILTER (WHERE tszt = 0) AS wts, count(*) FILTER (WHERE tszt = 1 AND cwdm IS NULL) AS yts,
       count(*) FILTER (WHERE tszt = 2) AS ycl, count(*) FILTER (WHERE cwdm IS NOT NULL) AS cw, min(crsj) FILTER (WHERE tszt < 2) AS zzwcl
FROM (SELECT side, 'handed_in' AS bm, tszt, cwdm, crsj FROM exchange_db.handed_in
      UNION ALL SELECT side, 'replies', tszt, cwdm, crsj FROM exchange_db.replies
      UNION ALL SELECT side, 'outgoing', tszt, NULL, crsj FROM exchange_db.outgoing) AS every GROUP BY side, bm;

COMMENT ON TABLE exchange_db.handed_in IS '各方提交的诉求：写入一行即提交 / matters that a side hands in: one row, one matter';
COMMENT ON TABLE exchange_db.replies IS '各方对工单的回写：签收、反馈、退单、回访等 / what a side writes about an order: sign-off, feedback, return, call-back';
COMMENT ON TABLE exchange_db.outgoing IS '发给各方的事件，附工单当时的内容 / what is meant for a side: an event with its order as it then was';
COMMENT ON TABLE exchange_db.dead_letters IS '未能处理的行及原因；改正原行即重新处理 / rows that were refused and why; mending the row sends it again';
COMMENT ON TABLE exchange_db.codes IS '代码表；各方另有对照的按对照 / code tables; a side''s own mapping goes before';
COMMENT ON VIEW exchange_db.unfinished IS '尚未完成的行，供逐行对账 / rows that are not finished';
COMMENT ON VIEW exchange_db.reconciliation IS '各表各状态的行数，供对账 / counts by table and state';

COMMENT ON COLUMN exchange_db.handed_in.id IS '行号 / row';
COMMENT ON COLUMN exchange_db.handed_in.side IS '所属方代码，自动填写 / side, filled in by itself';
COMMENT ON COLUMN exchange_db.handed_in.jjdbh IS '[JJDBH] 各方自己的接警单（工单）编号，同一编号只受理一次 / the side''s own number: taken in once';
COMMENT ON COLUMN exchange_db.handed_in.jqlyfs IS '[JQLYFS] 来源方式，代码 jqlyfs / channel, code list jqlyfs';
COMMENT ON COLUMN exchange_db.handed_in.sqlx IS '诉求类型，代码 sqlx / type of the matter, code list sqlx';
COMMENT ON COLUMN exchange_db.handed_in.lbdm IS '类别代码：12345 六位，110 八位 / class: 6 digits of 12345, 8 of 110';
COMMENT ON COLUMN exchange_db.handed_in.jqdjdm IS '[JQDJDM] 警情等级 1–5 / level 1–5';
COMMENT ON COLUMN exchange_db.handed_in.xzqhdm IS '[XZQHDM] 行政区划代码 GB/T 2260 / division code, GB/T 2260';
COMMENT ON COLUMN exchange_db.handed_in.bjsj IS '[BJSJ] 来电时间 / call reached the centre';
COMMENT ON COLUMN exchange_db.handed_in.jjsj IS '[JJSJ] 接听时间 / call answered';
COMMENT ON COLUMN exchange_db.handed_in.jjwcsj IS '[JJWCSJ] 接警完成时间 / call ended';
COMMENT ON COLUMN exchange_db.handed_in.jjlyh IS '[JJLYH] 录音号 / recording number';
COMMENT ON COLUMN exchange_db.handed_in.bjdh IS '[BJDH] 来电号码 / number that called';
COMMENT ON COLUMN exchange_db.handed_in.bjrmc IS '[BJRMC] 诉求人姓名 / caller''s name';
COMMENT ON COLUMN exchange_db.handed_in.bjrxbdm IS '[BJRXBDM] 性别 GB/T 2261.1 / sex, GB/T 2261.1';
COMMENT ON COLUMN exchange_db.handed_in.lxdh IS '[LXDH] 联系电话 / contact number';
COMMENT ON COLUMN exchange_db.handed_in.bjdhyhm IS '[BJDHYHM] 机主姓名 / subscriber';
COMMENT ON COLUMN exchange_db.handed_in.bjdhyhdz IS '[BJDHYHDZ] 装机地址 / subscriber''s address';
COMMENT ON COLUMN exchange_db.handed_in.sfbm IS '[SFBM] 是否保密 / confidential';
COMMENT ON COLUMN exchange_db.handed_in.bjdz IS '[BJDZ] 诉求人地址 / caller''s address';
COMMENT ON COLUMN exchange_db.handed_in.jqdz IS '[JQDZ] 事发地址 / place of the incident';
COMMENT ON COLUMN exchange_db.handed_in.jd84 IS '经度 WGS-84 / longitude, WGS-84';
COMMENT ON COLUMN exchange_db.handed_in.wd84 IS '纬度 WGS-84 / latitude, WGS-84';
COMMENT ON COLUMN exchange_db.handed_in.jdgcj IS '经度 GCJ-02 / longitude, GCJ-02';
COMMENT ON COLUMN exchange_db.handed_in.wdgcj IS '纬度 GCJ-02 / latitude, GCJ-02';
COMMENT ON COLUMN exchange_db.handed_in.bjbt IS '标题 / title';
COMMENT ON COLUMN exchange_db.handed_in.bjnr IS '[BJNR] 内容 / content';
COMMENT ON COLUMN exchange_db.handed_in.bkryqksm IS '[BKRYQKSM] 被困人数 / trapped';
COMMENT ON COLUMN exchange_db.handed_in.ssryqksm IS '[SSRYQKSM] 受伤人数 / injured';
COMMENT ON COLUMN exchange_db.handed_in.swryqksm IS '[SWRYQKSM] 死亡人数 / dead';
COMMENT ON COLUMN exchange_db.handed_in.ylbz IS '演练标志，代码 ylbz / drill or test, code list ylbz';
COMMENT ON COLUMN exchange_db.handed_in.zjzx IS '转交给哪个中心，代码 lylx；空为不转交 / hand over to this centre, code list lylx';
COMMENT ON COLUMN exchange_db.handed_in.jjbz IS '紧急标志 / urgent';
COMMENT ON COLUMN exchange_db.handed_in.tszt IS '推送状态：0 未推送 1 已推送 2 已处理 / push state: 0 not pushed, 1 pushed, 2 processed';
COMMENT ON COLUMN exchange_db.handed_in.gdbh IS '本中心工单编号 / the centre''s own number of the order';
COMMENT ON COLUMN exchange_db.handed_in.cwdm IS '错误代码 / error code';
COMMENT ON COLUMN exchange_db.handed_in.cwsm IS '错误说明，中英文 / why, in both languages';
COMMENT ON COLUMN exchange_db.handed_in.clsj IS '处理时间 / processed at';
COMMENT ON COLUMN exchange_db.handed_in.crsj IS '写入时间 / written at';
COMMENT ON COLUMN exchange_db.replies.id IS '行号 / row';
COMMENT ON COLUMN exchange_db.replies.side IS '所属方代码，自动填写 / side, filled in by itself';
COMMENT ON COLUMN exchange_db.replies.xxbh IS '各方自己的消息编号，同一编号只处理一次 / the side''s own number of the message: carried out once';
COMMENT ON COLUMN exchange_db.replies.gdbh IS '本中心工单编号 / the centre''s own number of the order';
COMMENT ON COLUMN exchange_db.replies.xxlx IS '消息类型，代码 xxlx：1 反馈 2 退单 3 回访…… / kind, code list xxlx';
COMMENT ON COLUMN exchange_db.replies.nr IS '内容：答复、理由、步骤等 / words';
COMMENT ON COLUMN exchange_db.replies.cbdw IS '承办单位机构代码 / unit''s org code';
COMMENT ON COLUMN exchange_db.replies.thyy IS '退单原因，代码 thyy / typed reason of a return';
COMMENT ON COLUMN exchange_db.replies.thyj IS '退单依据：事项编号或法律依据 / basis of a return';
COMMENT ON COLUMN exchange_db.replies.sflx IS '是否联系上 / reached';
COMMENT ON COLUMN exchange_db.replies.sfjj IS '是否解决 / solved';
COMMENT ON COLUMN exchange_db.replies.myd IS '满意度：1 满意 2 基本满意 3 不满意 / satisfaction, code list myd';
COMMENT ON COLUMN exchange_db.replies.lbdm IS '类别代码：12345 六位，110 八位 / class: 6 digits of 12345, 8 of 110';
COMMENT ON COLUMN exchange_db.replies.sjdz IS '核实地址 / real place';
COMMENT ON COLUMN exchange_db.replies.sjsj IS '核实时间 / real time';
COMMENT ON COLUMN exchange_db.replies.ssrs IS '受伤人数（核实） / injured, confirmed';
COMMENT ON COLUMN exchange_db.replies.swrs IS '死亡人数（核实） / dead, confirmed';
COMMENT ON COLUMN exchange_db.replies.zjzx IS '转交给哪个中心，代码 lylx；空为不转交 / hand over to this centre, code list lylx';
COMMENT ON COLUMN exchange_db.replies.jjbz IS '紧急标志 / urgent';
COMMENT ON COLUMN exchange_db.replies.tszt IS '推送状态：0 未推送 1 已推送 2 已处理 / push state: 0 not pushed, 1 pushed, 2 processed';
COMMENT ON COLUMN exchange_db.replies.cwdm IS '错误代码 / error code';
COMMENT ON COLUMN exchange_db.replies.cwsm IS '错误说明，中英文 / why, in both languages';
COMMENT ON COLUMN exchange_db.replies.clsj IS '处理时间 / processed at';
COMMENT ON COLUMN exchange_db.replies.crsj IS '写入时间 / written at';
COMMENT ON COLUMN exchange_db.outgoing.id IS '行号 / row';
COMMENT ON COLUMN exchange_db.outgoing.side IS '所属方代码，自动填写 / side, filled in by itself';
COMMENT ON COLUMN exchange_db.outgoing.sjbh IS '事件编号，同一方不重复 / event, once a side';
COMMENT ON COLUMN exchange_db.outgoing.sjlx IS '事件类型，如 order.dispatched / kind of event';
COMMENT ON COLUMN exchange_db.outgoing.fssj IS '发生时间 / happened at';
COMMENT ON COLUMN exchange_db.outgoing.nr IS '内容：答复、理由、步骤等 / words';
COMMENT ON COLUMN exchange_db.outgoing.gdbh IS '本中心工单编号 / the centre''s own number of the order';
COMMENT ON COLUMN exchange_db.outgoing.ssbh IS '诉求编号，各中心相同 / matter id, the same in every centre';
COMMENT ON COLUMN exchange_db.outgoing.jjdbh IS '[JJDBH] 各方自己的接警单（工单）编号，同一编号只受理一次 / the side''s own number: taken in once';
COMMENT ON COLUMN exchange_db.outgoing.gdzt IS '工单状态代码 / status';
COMMENT ON COLUMN exchange_db.outgoing.gdztmc IS '工单状态名称 / name of the status';
COMMENT ON COLUMN exchange_db.outgoing.lylx IS '首接中心，代码 lylx / first receiver, code list lylx';
COMMENT ON COLUMN exchange_db.outgoing.qrbz IS '是否有待本中心接收的转交 / a peer''s offer waits here';
COMMENT ON COLUMN exchange_db.outgoing.cbdw IS '承办单位机构代码 / unit''s org code';
COMMENT ON COLUMN exchange_db.outgoing.jqlyfs IS '[JQLYFS] 来源方式，代码 jqlyfs / channel, code list jqlyfs';
COMMENT ON COLUMN exchange_db.outgoing.sqlx IS '诉求类型，代码 sqlx / type of the matter, code list sqlx';
COMMENT ON COLUMN exchange_db.outgoing.lbdm IS '类别代码：12345 六位，110 八位 / class: 6 digits of 12345, 8 of 110';
COMMENT ON COLUMN exchange_db.outgoing.hdlbdm IS '核定类别代码 / class, confirmed';
COMMENT ON COLUMN exchange_db.outgoing.jqdjdm IS '[JQDJDM] 警情等级 1–5 / level 1–5';
COMMENT ON COLUMN exchange_db.outgoing.xzqhdm IS '[XZQHDM] 行政区划代码 GB/T 2260 / division code, GB/T 2260';
COMMENT ON COLUMN exchange_db.outgoing.jjbz IS '紧急标志 / urgent';
COMMENT ON COLUMN exchange_db.outgoing.xqbz IS '险情标志 / danger';
COMMENT ON COLUMN exchange_db.outgoing.sfbm IS '[SFBM] 是否保密 / confidential';
COMMENT ON COLUMN exchange_db.outgoing.ylbz IS '演练标志，代码 ylbz / drill or test, code list ylbz';
COMMENT ON COLUMN exchange_db.outgoing.bjsj IS '[BJSJ] 来电时间 / call reached the centre';
COMMENT ON COLUMN exchange_db.outgoing.jjsj IS '[JJSJ] 接听时间 / call answered';
COMMENT ON COLUMN exchange_db.outgoing.jjwcsj IS '[JJWCSJ] 接警完成时间 / call ended';
COMMENT ON COLUMN exchange_db.outgoing.jjlyh IS '[JJLYH] 录音号 / recording number';
COMMENT ON COLUMN exchange_db.outgoing.bjdh IS '[BJDH] 来电号码 / number that called';
COMMENT ON COLUMN exchange_db.outgoing.bjrmc IS '[BJRMC] 诉求人姓名 / caller''s name';
COMMENT ON COLUMN exchange_db.outgoing.bjrxbdm IS '[BJRXBDM] 性别 GB/T 2261.1 / sex, GB/T 2261.1';
COMMENT ON COLUMN exchange_db.outgoing.lxdh IS '[LXDH] 联系电话 / contact number';
COMMENT ON COLUMN exchange_db.outgoing.bjdz IS '[BJDZ] 诉求人地址 / caller''s address';
COMMENT ON COLUMN exchange_db.outgoing.jqdz IS '[JQDZ] 事发地址 / place of the incident';
COMMENT ON COLUMN exchange_db.outgoing.jd84 IS '经度 WGS-84 / longitude, WGS-84';
COMMENT ON COLUMN exchange_db.outgoing.wd84 IS '纬度 WGS-84 / latitude, WGS-84';
COMMENT ON COLUMN exchange_db.outgoing.jdgcj IS '经度 GCJ-02 / longitude, GCJ-02';
COMMENT ON COLUMN exchange_db.outgoing.wdgcj IS '纬度 GCJ-02 / latitude, GCJ-02';
COMMENT ON COLUMN exchange_db.outgoing.bjbt IS '标题 / title';
COMMENT ON COLUMN exchange_db.outgoing.bjnr IS '[BJNR] 内容 / content';
COMMENT ON COLUMN exchange_db.outgoing.bkryqksm IS '[BKRYQKSM] 被困人数 / trapped';
COMMENT ON COLUMN exchange_db.outgoing.ssryqksm IS '[SSRYQKSM] 受伤人数 / injured';
COMMENT ON COLUMN exchange_db.outgoing.swryqksm IS '[SWRYQKSM] 死亡人数 / dead';
COMMENT ON COLUMN exchange_db.outgoing.cljg IS '办理结果 / result';
COMMENT ON COLUMN exchange_db.outgoing.sfjj IS '是否解决 / solved';
COMMENT ON COLUMN exchange_db.outgoing.myd IS '满意度：1 满意 2 基本满意 3 不满意 / satisfaction, code list myd';
COMMENT ON COLUMN exchange_db.outgoing.tszt IS '推送状态：0 未推送 1 已推送 2 已处理 / push state: 0 not pushed, 1 pushed, 2 processed';
COMMENT ON COLUMN exchange_db.outgoing.qssj IS '签收时间 / acknowledged at';
COMMENT ON COLUMN exchange_db.outgoing.clsj IS '处理时间 / processed at';
COMMENT ON COLUMN exchange_db.outgoing.crsj IS '写入时间 / written at';
COMMENT ON COLUMN exchange_db.dead_letters.id IS '行号 / row';
COMMENT ON COLUMN exchange_db.dead_letters.side IS '所属方代码，自动填写 / side, filled in by itself';
COMMENT ON COLUMN exchange_db.dead_letters.bm IS '表名 / table';
COMMENT ON COLUMN exchange_db.dead_letters.hh IS '行号 / row';
COMMENT ON COLUMN exchange_db.dead_letters.bh IS '各方的编号 / the side''s number';
COMMENT ON COLUMN exchange_db.dead_letters.cwdm IS '错误代码 / error code';
COMMENT ON COLUMN exchange_db.dead_letters.cwsm IS '错误说明，中英文 / why, in both languages';
COMMENT ON COLUMN exchange_db.dead_letters.cs IS '失败次数 / times refused';
COMMENT ON COLUMN exchange_db.dead_letters.cwsj IS '最近一次失败 / last refused at';
COMMENT ON COLUMN exchange_db.dead_letters.jjsj IS '解决时间 / mended at';
COMMENT ON COLUMN exchange_db.codes.list IS '代码表名 / code list';
COMMENT ON COLUMN exchange_db.codes.code IS '代码 / code';
COMMENT ON COLUMN exchange_db.codes.ours IS '本系统的值 / our value';
COMMENT ON COLUMN exchange_db.codes.name IS '名称 / name';

-- 0029_one_thing_once.sql
-- Accountability is one thing: a measure, proposed with its evidence, decided by another person, appealed to a third. The entries that orders
-- kept of their own become measures with the next numbers of their year; a malicious return names its measure.
ALTER TABLE measures ADD COLUMN cause text NOT NULL DEFAULT '';

CREATE TEMPORARY TABLE moved ON COMMIT DROP AS
SELECT gen_random_uuid() AS id, a.order_id, o.number AS order_number, o.handling, e.value AS entry, a.unit, a.kind, a.found_by, a.found_at,
       split_part(o.number, '-', 1) || '-' || split_part(o.number, '-', 2) || '-' || to_char(a.found_at AT TIME ZONE 'Asia/Shanghai', 'YYYY') || '-WZ' AS scope,
       CASE a.status WHEN 'lifted' THEN 'revoked' WHEN 'noted' THEN 'in_force' ELSE a.status END AS status,
       row_number() OVER (PARTITION BY split_part(o.number, '-', 1), split_part(o.number, '-', 2), to_char(a.found_at AT TIME ZONE 'Asia/Shanghai', 'YYYY')
                          ORDER BY a.found_at, a.order_id, a.no) AS place
FROM accountability a JOIN orders o ON o.id = a.order_id
CROSS JOIN LATERAL jsonb_array_elements(o.handling->'accountability') AS e
WHERE (e.value->>'no')::smallint = a.no;

-- A unit had five working days to appeal; what stood without a decision may be appealed against for as long from its finding: a week of the calendar.
INSERT INTO measures (id, number, kind, status, version, unit, person, reason, basis, evidence, orders, attachments, cause, proposed_by, proposed_at,
                      appeal_until, appealed_by, appealed_at, appeal, judged_by, judged_at)
SELECT m.id, m.scope || '-' || lpad((coalesce(c.last, 0) + m.place)::text, greatest(4, length((coalesce(c.last, 0) + m.place)::text)), '0'),
       'accountability', m.status, CASE m.status WHEN 'in_force' THEN 1 WHEN 'appealed' THEN 2 ELSE 3 END, m.unit, '',
       CASE m.kind WHEN 'overdue' THEN '超期未办：' || coalesce(m.entry->>'clock', '') ELSE '恶意退单（第' || coalesce(m.entry->>'return_no', '0') || '次退单）' END,
       coalesce(m.entry->>'basis', ''), coalesce(m.entry->>'evidence', ''), array_remove(ARRAY[m.order_number], NULL),
       coalesce((SELECT array_agg(f::uuid) FROM jsonb_array_elements_text(m.entry->'attachments') AS f), '{}'), m.kind, m.found_by, m.found_at,
       m.found_at + interval '7 days', m.entry->>'appealed_by', (m.entry->>'appealed_at')::timestamptz, coalesce(m.entry->>'appeal', ''),
       m.entry->>'decided_by', (m.entry->>'decided_at')::timestamptz
FROM moved m LEFT JOIN counters c ON c.scope = m.scope;

INSERT INTO measure_steps (measure_id, version, step, at, actor, text)
SELECT id, 1, 'propose', found_at, found_by, coalesce(entry->>'evidence', '') FROM moved
UNION ALL
SELECT id, 2, 'appeal', (entry->>'appealed_at')::timestamptz, entry->>'appealed_by', entry->>'appeal' FROM moved WHERE entry->>'appealed_by' <> ''
UNION ALL
SELECT id, 3, CASE status WHEN 'upheld' THEN 'uphold' ELSE 'revoke' END, (entry->>'decided_at')::timestamptz, entry->>'decided_by', entry->>'decision'
FROM moved WHERE entry->>'decided_by' <> '';

INSERT INTO counters AS t (scope, last) SELECT scope, count(*) FROM moved GROUP BY scope
ON CONFLICT (scope) DO UPDATE SET last = t.last + EXCLUDED.last;

UPDATE orders o SET handling = (o.handling - 'accountability') || CASE WHEN o.handling ? 'returns' THEN jsonb_build_object('returns', (
    SELECT jsonb_agg(r.value || coalesce((SELECT jsonb_build_object('measure', m.id) FROM moved m
        WHERE m.order_id = o.id AND m.kind = 'malicious_return' AND m.entry->>'return_no' = r.value->>'no' LIMIT 1), '{}') ORDER BY r.ordinality)
    FROM jsonb_array_elements(o.handling->'returns') WITH ORDINALITY AS r)) ELSE '{}' END
WHERE o.id IN (SELECT order_id FROM moved);

DROP TABLE accountability;

-- Whoever reads the ledger keeps its place in one table.
INSERT INTO reading_places (reader, txid, position, read_at) SELECT name, txid, position, now() FROM followers;
DROP TABLE followers;

-- When the caller was first reached in the round, for the response rate; the rows are derived anew from the ledger's beginning.
ALTER TABLE assessed_orders ADD COLUMN contacted_at timestamptz;
ALTER TABLE frozen_orders ADD COLUMN contacted_at timestamptz;
DELETE FROM reading_places WHERE reader = 'assessment';

-- 0031_overview.sql
-- What leaders and supervisors see at a glance: clocks that have fired, hand-overs of a day, without reading what is long over.
CREATE INDEX timers_fired ON timers (due_at, order_id) WHERE status = 'fired';
CREATE INDEX timers_of_reviews ON timers (due_at, order_id) WHERE status = 'running'
    AND name IN ('return_review', 'return_objection', 'extension_review', 'repeat_review', 'accountability_appeal');
CREATE INDEX transfers_by_time ON transfers (offered_at) INCLUDE (direction, peer, status);

-- The last verification of the whole ledger that somebody asked for at a screen, and how far it has come.
CREATE TABLE ledger_checks (
    id          uuid PRIMARY KEY,
    asked_by    text NOT NULL,
    started_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    finished_at timestamptz,
    estimate    bigint NOT NULL,
    events      bigint NOT NULL DEFAULT 0,
    orders      bigint NOT NULL DEFAULT 0,
    broken      jsonb,
    error       text
) WITH (fillfactor = 50);
CREATE INDEX ledger_checks_by_time ON ledger_checks (started_at);

-- 0032_knowledge.sql
-- Answer cards: one row a card with what is shown of it in lists, its versions with their exact text, and a log that is only added to.
CREATE TABLE cards (
    id            uuid PRIMARY KEY,
    no            integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    number        text NOT NULL UNIQUE,
    owner         text NOT NULL,
    newest        integer NOT NULL,
    in_force      integer,
    scope         text NOT NULL,
    unit          text NOT NULL,
    title         text NOT NULL,
    valid_until   date,
    review_on     date,
    review_told   date,
    expiry_told   date,
    changed_at    timestamptz NOT NULL,
    CONSTRAINT "who may see a card" CHECK (scope IN ('public', 'seat', 'police')),
    CONSTRAINT "the version in force is one of its versions" CHECK (in_force IS NULL OR in_force BETWEEN 1 AND newest)
);
CREATE INDEX cards_of_owner ON cards (owner, id);
CREATE INDEX cards_of_unit ON cards (unit, id);
CREATE INDEX cards_ending ON cards (valid_until) WHERE in_force IS NOT NULL AND valid_until IS NOT NULL;
CREATE INDEX cards_to_review ON cards (review_on) WHERE in_force IS NOT NULL AND review_on IS NOT NULL;

CREATE TABLE card_versions (
    card_id     uuid NOT NULL REFERENCES cards,
    version     integer NOT NULL,
    status      text NOT NULL,
    content     text NOT NULL,
    digest      text NOT NULL,
    sounds      text NOT NULL,
    made_by     text NOT NULL,
    made_at     timestamptz NOT NULL,
    decided_by  text,
    decided_at  timestamptz,
    reason      text NOT NULL DEFAULT '',
    PRIMARY KEY (card_id, version),
    CONSTRAINT "the steps of a card" CHECK (status IN ('draft', 'submitted', 'in_force', 'superseded', 'withdrawn', 'expired', 'dropped')),
    CONSTRAINT "a card in force was approved by another person" CHECK
        (status NOT IN ('in_force', 'superseded', 'withdrawn', 'expired') OR (decided_by IS NOT NULL AND decided_by <> made_by)),
    CONSTRAINT "the digest is of this card" CHECK (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
);
CREATE UNIQUE INDEX "one version of a card in force" ON card_versions (card_id) WHERE status = 'in_force';
CREATE UNIQUE INDEX "one version of a card being written" ON card_versions (card_id) WHERE status IN ('draft', 'submitted');
CREATE INDEX card_versions_waiting ON card_versions (made_at) WHERE status = 'submitted';

CREATE FUNCTION refuse_other_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND (NEW.content, NEW.digest, NEW.made_by) IS DISTINCT FROM (OLD.content, OLD.digest, OLD.made_by) THEN
        RAISE EXCEPTION 'what was put forward never changes: make a new version';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "what was put forward never changes" BEFORE UPDATE ON card_versions FOR EACH ROW EXECUTE FUNCTION refuse_other_card();
CREATE TRIGGER "versions of cards are never deleted" BEFORE DELETE ON card_versions FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TABLE card_log (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    card_id  uuid NOT NULL,
    version  integer NOT NULL,
    at       timestamptz NOT NULL,
    actor    text NOT NULL,
    event    text NOT NULL,
    text     text NOT NULL
);
CREATE INDEX card_log_of_card ON card_log (card_id, id);
CREATE TRIGGER "the log of cards is append-only" BEFORE UPDATE OR DELETE ON card_log FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- The index of words: for each scope and term the cards in force that hold it. One row a term, so a search reads a few rows.
CREATE TABLE card_terms (
    scope  text NOT NULL,
    term   text NOT NULL,
    count  integer NOT NULL,
    cards  integer[] NOT NULL,
    PRIMARY KEY (scope, term)
);

CREATE TABLE card_feedback (
    id           uuid PRIMARY KEY,
    card_id      uuid NOT NULL REFERENCES cards,
    version      integer NOT NULL,
    order_id     uuid,
    text         text NOT NULL,
    given_by     text NOT NULL,
    given_at     timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    answer       text,
    answered_by  text,
    answered_at  timestamptz,
    told_at      timestamptz
);
CREATE INDEX card_feedback_of_card ON card_feedback (card_id, id);
CREATE INDEX card_feedback_open ON card_feedback (due_at) WHERE answered_at IS NULL;

-- What a peer was sent of a card last, and by which message; the message's own state says whether the peer has it.
CREATE TABLE card_copies (
    card_id     uuid NOT NULL REFERENCES cards,
    peer        text NOT NULL,
    version     integer NOT NULL,
    published   boolean NOT NULL,
    message_id  uuid NOT NULL,
    sent_at     timestamptz NOT NULL,
    PRIMARY KEY (peer, card_id)
);

-- What callers ask and no card answers, found in orders that were answered directly without one.
CREATE TABLE card_gaps (
    id          uuid PRIMARY KEY,
    question    text NOT NULL,
    answer      text NOT NULL,
    variants    text[] NOT NULL,
    orders      uuid[] NOT NULL,
    count       integer NOT NULL,
    newest_at   timestamptz NOT NULL,
    found_at    timestamptz NOT NULL,
    status      text NOT NULL,
    card_id     uuid REFERENCES cards,
    decided_by  text,
    decided_at  timestamptz,
    CONSTRAINT "what becomes of a gap" CHECK (status IN ('open', 'drafted', 'dismissed'))
);
CREATE INDEX card_gaps_of_status ON card_gaps (status, count DESC);

-- The card that a direct answer rests on, with its version and the round that it was given in.
ALTER TABLE orders ADD COLUMN card jsonb;
CREATE INDEX orders_of_card ON orders ((card->>'id')) WHERE card IS NOT NULL;
CREATE INDEX orders_answered_directly ON orders (answered_at) WHERE closing = 'answered_directly';

-- Automatic answering when the lines are full: one state, and who or what switched it.
CREATE TABLE surge_state (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    is_on       boolean NOT NULL,
    mode        text NOT NULL,
    since       timestamptz,
    by          text NOT NULL,
    reason      text NOT NULL,
    load        jsonb,
    load_at     timestamptz,
    CONSTRAINT "by itself or as a person says" CHECK (mode IN ('auto', 'forced_on', 'forced_off'))
);
INSERT INTO surge_state (is_on, mode, by, reason) VALUES (false, 'auto', 'install', '初始关闭 / off from the start');

CREATE TABLE surge_log (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    is_on   boolean NOT NULL,
    mode    text NOT NULL,
    by      text NOT NULL,
    reason  text NOT NULL,
    load    jsonb
);
CREATE TRIGGER "the log of the switch is append-only" BEFORE UPDATE OR DELETE ON surge_log FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TABLE conversations (
    id          uuid PRIMARY KEY,
    key         text NOT NULL UNIQUE,
    status      text NOT NULL,
    channel     text NOT NULL,
    caller      jsonb NOT NULL,
    turns       jsonb NOT NULL,
    failures    smallint NOT NULL,
    offered     jsonb NOT NULL,
    card        jsonb,
    to_file     boolean NOT NULL DEFAULT false,
    order_id    uuid,
    reason      text NOT NULL DEFAULT '',
    started_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    CONSTRAINT "how a conversation stands" CHECK (status IN ('open', 'handed_over', 'filed', 'solved'))
);
CREATE INDEX conversations_of_status ON conversations (status, id);
CREATE INDEX conversations_unfiled ON conversations (changed_at) WHERE to_file AND order_id IS NULL;

-- 0036_divisions.sql
-- Accounts that are bound to a district (6 digits) or a street (9): they see and act on the matters there and on nothing else.
ALTER TABLE accounts ADD COLUMN division text;
ALTER TABLE accounts ADD CONSTRAINT "a district's account is at the desk or above it" CHECK (
    division IS NULL OR (division ~ '^\d{6}(\d{3})?$' AND unit IS NULL AND home IS NULL
        AND roles <@ ARRAY['dispatcher', 'supervisor', 'leader']));

-- A district's matters with those of its streets, newest first; a list by an exact code was within one of the two anyway.
CREATE INDEX orders_by_district ON orders (left(division_code, 6), id) WHERE division_code IS NOT NULL;
CREATE INDEX orders_by_street ON orders (left(division_code, 9), id) WHERE length(division_code) >= 9;
DROP INDEX orders_by_division;

-- 0038_suggesting.sql
-- Suggestions: the models of this centre with who put them in force, what was shown to whom and what people chose, what was dispatched by
-- itself and how that was checked. Topics: matters about one thing, kept fresh, with what was done before more people complained.
CREATE TABLE models (
    name      text NOT NULL,
    version   integer NOT NULL,
    status    text NOT NULL,
    card      jsonb NOT NULL,
    files     bytea NOT NULL,
    digest    text NOT NULL,
    made_at   timestamptz NOT NULL,
    made_by   text NOT NULL,
    PRIMARY KEY (name, version),
    CONSTRAINT "how a model stands" CHECK (status IN ('candidate', 'in_force', 'retired')),
    CONSTRAINT "the digest is of these files" CHECK (digest = encode(sha256(files), 'hex'))
);
CREATE UNIQUE INDEX "one version of a model in force" ON models (name) WHERE status = 'in_force';

CREATE FUNCTION refuse_other_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.name, NEW.version, NEW.card, NEW.digest) IS DISTINCT FROM (OLD.name, OLD.version, OLD.card, OLD.digest) THEN
        RAISE EXCEPTION 'a model that was made never changes: make a new version';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "a model never changes" BEFORE UPDATE ON models FOR EACH ROW EXECUTE FUNCTION refuse_other_model();

CREATE TABLE model_log (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    name     text NOT NULL,
    version  integer NOT NULL,
    event    text NOT NULL,
    actor    text NOT NULL,
    reason   text NOT NULL,
    before   integer,
    CONSTRAINT "what happens to a model" CHECK (event IN ('trained', 'taken_in', 'promoted', 'rolled_back', 'drifted'))
);
CREATE INDEX model_log_of_name ON model_log (name, id);
CREATE TRIGGER "the log of models is append-only" BEFORE UPDATE OR DELETE ON model_log FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- One row a field of a draft (or of an order that is looked at): what was shown last, by which model, and what had been shown before it.
-- `chosen`: what the person set when the matter was saved or dispatched; `became`: the class that was confirmed, the unit that handled it.
-- No word of the caller is kept here.
CREATE TABLE suggestions (
    actor        text NOT NULL,
    draft        text NOT NULL,
    field        text NOT NULL,
    model        text NOT NULL,
    version      text NOT NULL,
    guesses      jsonb NOT NULL,
    unsure       boolean NOT NULL,
    earlier      jsonb NOT NULL,
    first_at     timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    day          date NOT NULL,
    order_id     uuid,
    class        text NOT NULL DEFAULT '',
    district     text NOT NULL DEFAULT '',
    chosen       text,
    became       text,
    PRIMARY KEY (actor, draft, field),
    CONSTRAINT "what is suggested" CHECK (field IN ('class', 'type', 'unit'))
);
CREATE INDEX suggestions_of_order ON suggestions (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX suggestions_unlinked ON suggestions (last_at) WHERE order_id IS NULL;
CREATE INDEX suggestions_of_day ON suggestions (day);

CREATE TABLE suggestion_days (
    day       date NOT NULL,
    field     text NOT NULL,
    model     text NOT NULL,
    version   text NOT NULL,
    class     text NOT NULL,
    district  text NOT NULL,
    shown     integer NOT NULL,
    unsure    integer NOT NULL,
    chosen    integer NOT NULL,
    accepted  integer NOT NULL,
    in_three  integer NOT NULL,
    became    integer NOT NULL,
    held      integer NOT NULL,
    PRIMARY KEY (day, field, model, version, class, district)
);
-- Days whose counts are to be made again.
CREATE TABLE suggestion_days_due (day date PRIMARY KEY);

-- Every order that self-service dispatch looked at: sent by itself, or left to a person, and why.
CREATE TABLE self_dispatches (
    order_id     uuid PRIMARY KEY,
    at           timestamptz NOT NULL,
    outcome      text NOT NULL,
    why          text NOT NULL,
    class        text NOT NULL,
    unit         text NOT NULL,
    probability  double precision NOT NULL,
    models       text NOT NULL,
    sampled      boolean NOT NULL,
    checked_at   timestamptz,
    checked_by   text,
    was_right    boolean,
    reason       text,
    CONSTRAINT "sent or asked" CHECK (outcome IN ('sent', 'asked')),
    CONSTRAINT "a check says by whom" CHECK ((checked_at IS NULL) = (checked_by IS NULL) AND (checked_at IS NULL) = (was_right IS NULL))
);
CREATE INDEX self_dispatches_to_check ON self_dispatches (at) WHERE sampled AND checked_at IS NULL;
CREATE INDEX self_dispatches_sent ON self_dispatches (at) WHERE outcome = 'sent';

CREATE TABLE self_dispatch_state (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    stopped  boolean NOT NULL,
    since    timestamptz,
    by       text NOT NULL,
    reason   text NOT NULL
);
INSERT INTO self_dispatch_state (stopped, by, reason) VALUES (false, 'install', '');

CREATE TABLE topics (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    words       text[] NOT NULL,
    size        integer NOT NULL,
    first_on    date NOT NULL,
    last_on     date NOT NULL,
    recent      integer NOT NULL,
    growth      double precision,
    growing     boolean NOT NULL,
    places      jsonb NOT NULL,
    classes     jsonb NOT NULL,
    days        jsonb NOT NULL,
    unit        text,
    alive       boolean NOT NULL,
    status      text NOT NULL,
    found_at    timestamptz NOT NULL,
    kept_at     timestamptz NOT NULL,
    told_at     timestamptz,
    CONSTRAINT "how a topic stands" CHECK (status IN ('found', 'acting', 'done', 'dismissed'))
);
CREATE INDEX topics_alive ON topics (size DESC, id) WHERE alive;

CREATE TABLE topic_orders (
    topic_id  uuid NOT NULL REFERENCES topics,
    order_id  uuid NOT NULL,
    PRIMARY KEY (topic_id, order_id)
);
CREATE INDEX topics_of_order ON topic_orders (order_id);

CREATE TABLE topic_log (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic_id  uuid NOT NULL REFERENCES topics,
    at        timestamptz NOT NULL,
    actor     text NOT NULL,
    status    text NOT NULL,
    unit      text,
    text      text NOT NULL
);
CREATE INDEX topic_log_of_topic ON topic_log (topic_id, id);
CREATE TRIGGER "the log of topics is append-only" BEFORE UPDATE OR DELETE ON topic_log FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- Past orders of a class, the newest first: what is alike is looked for among them.
CREATE INDEX orders_by_class ON orders (coalesce(class_confirmed, class_intake), id) WHERE coalesce(class_confirmed, class_intake) IS NOT NULL;

-- Every draft that a large model was asked for: what was asked, how it went, and what was found wrong. No word of the matter is kept.
CREATE TABLE drafts (
    id        uuid PRIMARY KEY,
    at        timestamptz NOT NULL,
    actor     text NOT NULL,
    kind      text NOT NULL,
    thing     uuid NOT NULL,
    model     text NOT NULL,
    sent      text NOT NULL,
    took_ms   integer NOT NULL,
    outcome   text NOT NULL,
    problems  integer NOT NULL,
    CONSTRAINT "what may be drafted" CHECK (kind IN ('summary', 'answer', 'card'))
);
CREATE INDEX drafts_of_thing ON drafts (thing, at);
CREATE TRIGGER "the record of drafts is append-only" BEFORE UPDATE OR DELETE ON drafts FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- 0039_emergencies.sql
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

-- 0040_emergency_callers.sql
-- Callers of an emergency who were taken down in mass-call mode: persons to call back. Personal data stays at the centre that took the call.
CREATE TABLE emergency_callers (
    id           uuid PRIMARY KEY,
    emergency_id uuid NOT NULL,
    key          text NOT NULL,
    request      text NOT NULL,
    phone        text NOT NULL,
    name         text NOT NULL,
    words        text NOT NULL,
    place        text NOT NULL,
    exercise     text NOT NULL,
    calls        integer NOT NULL DEFAULT 1,
    taken_at     timestamptz NOT NULL,
    taken_by     text NOT NULL,
    order_id     uuid,
    kept_by      text,
    status       text NOT NULL,
    tries        integer NOT NULL DEFAULT 0,
    called_at    timestamptz,
    called_by    text,
    result       text NOT NULL DEFAULT '',
    told_at      timestamptz,
    CONSTRAINT "one caller of an emergency is one row" UNIQUE (emergency_id, key),
    CONSTRAINT "a caller waits, was called back, or another centre calls back" CHECK (status IN ('waiting', 'called_back', 'kept_elsewhere')),
    CONSTRAINT "whoever was called back was called by somebody" CHECK (status <> 'called_back' OR called_by IS NOT NULL)
);
CREATE INDEX emergency_callers_waiting ON emergency_callers (emergency_id, taken_at, id) WHERE status = 'waiting';
CREATE INDEX emergency_callers_untold ON emergency_callers (taken_at) WHERE told_at IS NULL AND status <> 'kept_elsewhere';
CREATE UNIQUE INDEX "a call is taken down once" ON emergency_callers (request);

-- Whom other centres have taken down: a digest, no number.
CREATE TABLE emergency_callers_elsewhere (
    emergency_id uuid NOT NULL,
    key          text NOT NULL,
    centre       text NOT NULL,
    at           timestamptz NOT NULL,
    called_back  boolean NOT NULL,
    PRIMARY KEY (emergency_id, key, centre)
);

-- Who saw a caller's whole number, to call back.
CREATE TABLE emergency_number_views (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    caller_id uuid NOT NULL,
    at        timestamptz NOT NULL,
    actor     text NOT NULL
);
CREATE TRIGGER "who saw a number stays known" BEFORE UPDATE OR DELETE ON emergency_number_views FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- 0041_emergency_bursts.sql
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
