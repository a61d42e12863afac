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
