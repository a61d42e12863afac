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
