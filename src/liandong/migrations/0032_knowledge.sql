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
CREATE INDEX orders_without_card ON orders (answered_at) WHERE closing = 'answered_directly' AND card IS NULL;

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
