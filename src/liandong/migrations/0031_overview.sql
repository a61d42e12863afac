-- What leaders and supervisors see at a glance: clocks that have fired, hand-overs of a day, without reading what is long over.
CREATE INDEX timers_fired ON timers (due_at, order_id) WHERE status = 'fired';
CREATE INDEX timers_of_reviews ON timers (due_at, order_id) WHERE status = 'running'
    AND name IN ('return_review', 'return_objection', 'extension_review', 'repeat_review', 'accountability_appeal');
CREATE INDEX transfers_by_time ON transfers (offered_at) INCLUDE (direction, peer, status);

-- The last verification of the whole ledger that somebody asked for at a screen, and how far it has come.
CREATE TABLE ledger_checks (
    id          uuid PRIMARY KEY,
    asked_by    text NOT NULL,
    started_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    finished_at timestamptz,
    estimate    bigint NOT NULL,
    events      bigint NOT NULL DEFAULT 0,
    orders      bigint NOT NULL DEFAULT 0,
    broken      jsonb,
    error       text
) WITH (fillfactor = 50);
CREATE INDEX ledger_checks_by_time ON ledger_checks (started_at);
