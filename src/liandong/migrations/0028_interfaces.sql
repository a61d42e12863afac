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
