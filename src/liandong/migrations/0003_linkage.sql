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
