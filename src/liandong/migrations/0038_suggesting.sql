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
