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
