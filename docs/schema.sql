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
