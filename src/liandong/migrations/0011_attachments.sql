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
