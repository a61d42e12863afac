-- name: of_questions
-- The newest precedents of each of these questions. $1: questions, $2: bound of each, $3: only those settled with this centre, or null.
SELECT p.id AS transfer_id, p.order_id, p.peer, p.items, p.precedent::text AS precedent, o.number, o.title, o.content
FROM unnest($1::text[]) AS asked CROSS JOIN LATERAL (
    SELECT t.* FROM transfers t
    WHERE t.precedent IS NOT NULL AND t.precedent->>'question' = asked AND ($3::text IS NULL OR t.peer = $3)
    ORDER BY t.answered_at DESC LIMIT $2) AS p
JOIN orders o ON o.id = p.order_id
ORDER BY p.answered_at DESC, p.id

-- name: newest
-- The newest precedents of all questions. $1: bound, $2: only those settled with this centre, or null.
SELECT p.id AS transfer_id, p.order_id, p.peer, p.items, p.precedent::text AS precedent, o.number, o.title, o.content
FROM (SELECT t.* FROM transfers t WHERE t.precedent IS NOT NULL AND ($2::text IS NULL OR t.peer = $2)
      ORDER BY t.answered_at DESC LIMIT $1) AS p
JOIN orders o ON o.id = p.order_id
ORDER BY p.answered_at DESC, p.id

-- name: propose
-- Questions that were settled often enough become proposals, and those that are proposals are counted again. Run twice it writes
-- nothing new. A proposal that was decided opens again when its question was settled as often once more.
-- $1: how often is often, $2: only questions settled since then.
WITH touched AS (
    SELECT DISTINCT precedent->>'question' AS question FROM transfers
    WHERE precedent IS NOT NULL AND answered_at >= $2 AND precedent->>'question' <> ''
),
counted AS (
    SELECT u.question, t.precedent->>'owner' AS owner, count(*)::integer AS count, min(t.answered_at) AS first_at, max(t.answered_at) AS last_at
    FROM touched u JOIN transfers t ON t.precedent IS NOT NULL AND t.precedent->>'question' = u.question
    GROUP BY u.question, t.precedent->>'owner'
),
often AS (
    SELECT question, sum(count)::integer AS count, jsonb_object_agg(owner, count) AS owners, min(first_at) AS first_at, max(last_at) AS last_at
    FROM counted GROUP BY question HAVING sum(count) >= $1::integer
)
INSERT INTO catalogue_proposals AS p (question, count, owners, first_at, last_at)
SELECT question, count, owners, first_at, last_at FROM often ORDER BY question
ON CONFLICT (question) DO UPDATE SET count = EXCLUDED.count, owners = EXCLUDED.owners, last_at = EXCLUDED.last_at,
    status = CASE WHEN p.status = 'open' OR EXCLUDED.count >= p.decided_count + $1::integer THEN 'open' ELSE p.status END
WHERE p.count <> EXCLUDED.count
RETURNING question

-- name: proposals
-- $1: a status, or null for all. $2: limit.
SELECT question, count, owners::text AS owners, first_at, last_at, status, decided_by, decided_at, note
FROM catalogue_proposals WHERE $1::text IS NULL OR status = $1 ORDER BY last_at DESC, question LIMIT $2

-- name: decide_proposal
-- $1: question, $2: taken or dismissed, $3: by whom, $4: when, $5: note. Nothing is written unless it is open.
UPDATE catalogue_proposals SET status = $2, decided_by = $3, decided_at = $4, note = $5, decided_count = count
WHERE question = $1 AND status = 'open'
RETURNING question, count, owners::text AS owners, first_at, last_at, status, decided_by, decided_at, note

-- name: proposal_status
SELECT status FROM catalogue_proposals WHERE question = $1
