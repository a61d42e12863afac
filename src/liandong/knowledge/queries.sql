-- name: lock
-- Cards change one after another: the index of words is written by one at a time.
SELECT pg_advisory_xact_lock(hashtext('liandong.cards'))

-- name: next_number
INSERT INTO counters AS t (scope, last) VALUES ($1, 1) ON CONFLICT (scope) DO UPDATE SET last = t.last + 1 RETURNING last

-- name: add_card
INSERT INTO cards (id, number, owner, newest, in_force, scope, unit, title, changed_at) VALUES ($1, $2, $3, $4, NULL, $5, $6, $7, $8) RETURNING no

-- name: add_version
INSERT INTO card_versions (card_id, version, status, content, digest, sounds, made_by, made_at, decided_by, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: card
-- $1: number.
SELECT * FROM cards WHERE number = $1

-- name: titled
-- A card of ours by what it is about. $1: owner, $2: unit, $3: title.
SELECT * FROM cards WHERE owner = $1 AND unit = $2 AND title = $3 ORDER BY id LIMIT 1

-- name: card_by_id
SELECT * FROM cards WHERE id = $1

-- name: versions
SELECT v.*, c.number, c.owner FROM card_versions v JOIN cards c ON c.id = v.card_id WHERE v.card_id = $1 ORDER BY v.version DESC

-- name: version
SELECT v.*, c.number, c.owner FROM card_versions v JOIN cards c ON c.id = v.card_id WHERE v.card_id = $1 AND v.version = $2

-- name: write_draft
UPDATE card_versions SET content = $3, digest = $4, sounds = $5, made_by = $6, made_at = $7 WHERE card_id = $1 AND version = $2 AND status = 'draft'

-- name: note_newest
UPDATE cards SET newest = $2, changed_at = $3 WHERE id = $1

-- name: decide_version
UPDATE card_versions SET status = $3, decided_by = coalesce($4, decided_by), decided_at = coalesce($5, decided_at), reason = $6
WHERE card_id = $1 AND version = $2

-- name: show_version
-- The version in force gives the card its lines in lists. $2: version, $3: scope, $4: unit, $5: title, $6: last day, $7: day of review, $8: now.
UPDATE cards SET in_force = $2, newest = greatest(newest, $2), scope = $3, unit = $4, title = $5, valid_until = $6, review_on = $7,
    review_told = NULL, expiry_told = NULL, changed_at = $8 WHERE id = $1

-- name: hide_card
UPDATE cards SET in_force = NULL, changed_at = $2 WHERE id = $1

-- name: set_review
UPDATE cards SET review_on = $2, review_told = NULL, changed_at = $3 WHERE id = $1

-- name: add_log
INSERT INTO card_log (card_id, version, at, actor, event, text) VALUES ($1, $2, $3, $4, $5, $6)

-- name: log_of
SELECT version, at, actor, event, text FROM card_log WHERE card_id = $1 ORDER BY id

-- name: add_terms
-- $1: scope, $2: terms, $3: the card's running number.
INSERT INTO card_terms AS t (scope, term, count, cards) SELECT $1, term, 1, ARRAY[$3::integer] FROM unnest($2::text[]) AS term
ON CONFLICT (scope, term) DO UPDATE SET cards = t.cards || EXCLUDED.cards, count = t.count + 1 WHERE NOT t.cards @> EXCLUDED.cards

-- name: drop_terms
UPDATE card_terms SET cards = array_remove(cards, $3::integer), count = cardinality(array_remove(cards, $3::integer))
WHERE scope = $1 AND term = ANY ($2::text[])

-- name: search
-- The cards that share the rarest terms with a question. $1: scopes, $2: terms, $3: their weights, $4: today, $5: how many,
-- $6: how many places of terms are looked at, $7: of one term at most.
WITH asked AS (SELECT * FROM unnest($2::text[], $3::float8[]) AS a (term, weight)),
held AS MATERIALIZED (
    SELECT t.scope, t.term, a.weight * ln(1 + 1000000.0 / t.count) AS worth,
           sum(t.count) OVER (ORDER BY t.count, t.term, t.scope) - t.count AS before
    FROM asked a JOIN card_terms t ON t.term = a.term AND t.scope = ANY ($1::text[]) WHERE t.count > 0
),
places AS (
    SELECT unnest(t.cards[1:$7]) AS no, h.worth FROM held h JOIN card_terms t ON t.scope = h.scope AND t.term = h.term WHERE h.before < $6
),
best AS (SELECT no, sum(worth) AS worth FROM places GROUP BY no ORDER BY 2 DESC LIMIT $5)
SELECT c.id, c.number, c.owner, c.scope, c.unit, v.version, v.content, v.sounds
FROM best b JOIN cards c ON c.no = b.no JOIN card_versions v ON v.card_id = c.id AND v.version = c.in_force
WHERE c.scope = ANY ($1::text[]) AND (c.valid_until IS NULL OR c.valid_until >= $4)
ORDER BY b.worth DESC

-- name: list_cards
-- $1: scopes, $2: owner or null, $3: unit or null, $4: before this id or null, $5: limit.
SELECT id, number, owner, newest, in_force, scope, unit, title, valid_until, review_on, changed_at FROM cards
WHERE scope = ANY ($1::text[]) AND ($2::text IS NULL OR owner = $2) AND ($3::text IS NULL OR unit = $3) AND ($4::uuid IS NULL OR id < $4)
ORDER BY id DESC LIMIT $5

-- name: list_ending
-- Cards in force that end or are to be read again by a day, the most pressing first. $1: scopes, $2: that day, $3: limit.
SELECT id, number, owner, newest, in_force, scope, unit, title, valid_until, review_on, changed_at FROM (
    (SELECT * FROM cards WHERE in_force IS NOT NULL AND valid_until <= $2 ORDER BY valid_until LIMIT $3)
    UNION
    (SELECT * FROM cards WHERE in_force IS NOT NULL AND review_on <= $2 ORDER BY review_on LIMIT $3)
) soon WHERE scope = ANY ($1::text[]) ORDER BY least(valid_until, review_on), number LIMIT $3

-- name: waiting
-- What waits for approval, the oldest first.
SELECT v.*, c.number, c.owner FROM card_versions v JOIN cards c ON c.id = v.card_id WHERE v.status = 'submitted' ORDER BY v.made_at LIMIT $1

-- name: in_force_cards
-- For export. $1: scopes.
SELECT c.number, v.content FROM cards c JOIN card_versions v ON v.card_id = c.id AND v.version = c.in_force
WHERE c.scope = ANY ($1::text[]) AND c.number > $2 ORDER BY c.number LIMIT $3

-- name: citable
-- A card in force by its number. $2: today.
SELECT c.id, c.number, c.in_force AS version, c.scope, v.content FROM cards c JOIN card_versions v ON v.card_id = c.id AND v.version = c.in_force
WHERE c.number = $1 AND (c.valid_until IS NULL OR c.valid_until >= $2)

-- name: uses
-- How often a card was cited in direct answers, what the callers said when they were called back, how often the matter was opened again.
SELECT count(*) AS answers, count(*) FILTER (WHERE same AND called_back_at IS NOT NULL) AS called_back, count(*) FILTER (WHERE same AND solved) AS solved,
       count(*) FILTER (WHERE same AND solved = false) AS not_solved, count(*) FILTER (WHERE NOT same) AS reopened
FROM (SELECT called_back_at, solved, round = (card->>'round')::integer AS same FROM orders
      WHERE card->>'id' = $1 AND card IS NOT NULL AND coalesce(answered_at, created_at) >= $2) AS cited

-- name: direct_answers
-- Direct answers since $1 with and without a card, and what call-back said of each.
SELECT (card IS NOT NULL) AS with_card, count(*) AS answers, count(*) FILTER (WHERE called_back_at IS NOT NULL) AS called_back,
       count(*) FILTER (WHERE solved) AS solved, count(*) FILTER (WHERE solved = false) AS not_solved
FROM orders WHERE closing = 'answered_directly' AND answered_at >= $1 GROUP BY 1

-- name: ending
-- Cards of ours whose last day is over. $1: owner, $2: today, $3: limit.
SELECT id, in_force FROM cards WHERE in_force IS NOT NULL AND valid_until IS NOT NULL AND valid_until < $2 AND owner = $1 LIMIT $3

-- name: tell_expiry
-- Cards that end soon and were not told of. $1: owner, $2: today, $3: the last day that counts as soon.
UPDATE cards SET expiry_told = $2 WHERE in_force IS NOT NULL AND valid_until IS NOT NULL AND valid_until BETWEEN $2 AND $3
    AND expiry_told IS NULL AND owner = $1
RETURNING number, title, unit, valid_until

-- name: tell_review
UPDATE cards SET review_told = $2 WHERE in_force IS NOT NULL AND review_on IS NOT NULL AND review_on <= $2 AND review_told IS NULL AND owner = $1
RETURNING number, title, unit, review_on

-- name: add_feedback
INSERT INTO card_feedback (id, card_id, version, order_id, text, given_by, given_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: feedback_of
SELECT f.*, c.number, c.unit FROM card_feedback f JOIN cards c ON c.id = f.card_id WHERE f.card_id = $1 ORDER BY f.id DESC

-- name: open_feedback
SELECT f.*, c.number, c.unit FROM card_feedback f JOIN cards c ON c.id = f.card_id
WHERE f.answered_at IS NULL AND ($1::text IS NULL OR c.unit = $1) ORDER BY f.due_at LIMIT $2

-- name: answer_feedback
UPDATE card_feedback f SET answer = $2, answered_by = $3, answered_at = $4 FROM cards c
WHERE f.id = $1 AND f.answered_at IS NULL AND c.id = f.card_id AND ($5::text IS NULL OR c.unit = $5)
RETURNING f.*, c.number, c.unit

-- name: late_feedback
UPDATE card_feedback f SET told_at = $1 FROM cards c WHERE f.answered_at IS NULL AND f.due_at < $1 AND f.told_at IS NULL AND c.id = f.card_id
RETURNING c.number, c.title, c.unit, f.due_at

-- name: copy_of
SELECT version, published FROM card_copies WHERE peer = $1 AND card_id = $2

-- name: keep_copy
INSERT INTO card_copies (card_id, peer, version, published, message_id, sent_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (peer, card_id) DO UPDATE SET (version, published, message_id, sent_at)
    = (EXCLUDED.version, EXCLUDED.published, EXCLUDED.message_id, EXCLUDED.sent_at)

-- name: unsent
-- Cards in force of ours that a peer was never sent in this version: the peer was added later. $1: owner, $2: peer, $3: scopes, $4: limit.
SELECT c.id, c.in_force FROM cards c LEFT JOIN card_copies k ON k.peer = $2 AND k.card_id = c.id
WHERE c.owner = $1 AND c.in_force IS NOT NULL AND c.scope = ANY ($3::text[]) AND (k.card_id IS NULL OR k.version < c.in_force OR NOT k.published)
ORDER BY c.id LIMIT $4

-- name: differences
-- Where a peer's copy is not known to be equal to ours, or ours to the peer's, and why. $1: owner, $2: peer, $3: limit.
SELECT c.number, c.title, c.in_force AS ours, CASE WHEN k.published THEN k.version END AS sent, o.status AS state, o.last_error AS error
FROM cards c JOIN card_copies k ON k.peer = $2 AND k.card_id = c.id JOIN outbox o ON o.id = k.message_id
WHERE c.owner = $1 AND (o.status <> 'delivered' OR c.in_force IS DISTINCT FROM CASE WHEN k.published THEN k.version END)
ORDER BY c.id LIMIT $3

-- name: refused_from
-- What a peer sent about its cards and was not taken here. $1: peer, $2: limit.
SELECT kind, status, text, received_at FROM inbox
WHERE sender = $1 AND matter_id = $3 AND status IN ('refused', 'parked') ORDER BY received_at DESC LIMIT $2

-- name: unanswered
-- Direct answers without a card since $1, of real callers who did not ask for secrecy.
SELECT id, content, answer, answered_at FROM orders
WHERE closing = 'answered_directly' AND card IS NULL AND answered_at >= $1 AND exercise = 'actual' AND NOT confidential ORDER BY answered_at DESC LIMIT $2

-- name: known_gaps
SELECT id, question, variants, orders FROM card_gaps WHERE status IN ('open', 'dismissed') ORDER BY newest_at DESC LIMIT 2000

-- name: add_gap
INSERT INTO card_gaps (id, question, answer, variants, orders, count, newest_at, found_at, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open')

-- name: grow_gap
UPDATE card_gaps SET variants = $2, orders = $3, count = $4, newest_at = greatest(newest_at, $5) WHERE id = $1

-- name: gaps
SELECT * FROM card_gaps WHERE status = $1 ORDER BY count DESC, id DESC LIMIT $2

-- name: gap
SELECT * FROM card_gaps WHERE id = $1 FOR UPDATE

-- name: decide_gap
UPDATE card_gaps SET status = $2, card_id = $3, decided_by = $4, decided_at = $5 WHERE id = $1 RETURNING *

-- name: still_public
-- Which of these cards everybody may be told, in the version that was shown. $1: numbers, $2: versions, $3: today.
SELECT c.number FROM unnest($1::text[], $2::integer[]) AS a (number, version) JOIN cards c ON c.number = a.number AND c.in_force = a.version
WHERE c.scope = 'public' AND (c.valid_until IS NULL OR c.valid_until >= $3)
