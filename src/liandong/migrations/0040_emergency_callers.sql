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
