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
