-- name: put
-- Puts down what was found, or notes that it is still so. Returns the id of a row that is new.
-- $1: id, $2: peer, $3: kind, $4: subject, $5: matter or null, $6: text, $7: now.
INSERT INTO discrepancies (id, peer, kind, subject, matter_id, text, first_seen, last_seen)
SELECT $1, $2, $3, $4, $5, $6, $7, $7
WHERE NOT EXISTS (SELECT 1 FROM discrepancies WHERE peer = $2 AND kind = $3 AND subject = $4 AND status = 'dismissed' AND text = $6)
ON CONFLICT (peer, kind, subject) WHERE status = 'open'
DO UPDATE SET last_seen = EXCLUDED.last_seen, text = EXCLUDED.text, times = discrepancies.times + 1
RETURNING id, times

-- name: seen_dismissed
-- A dismissed one that still is as it was: noted, not opened. $1: peer, $2: kind, $3: subject, $4: text, $5: now.
UPDATE discrepancies SET last_seen = $5, times = times + 1 WHERE peer = $1 AND kind = $2 AND subject = $3 AND text = $4 AND status = 'dismissed'

-- name: tried
-- Healing was tried once more. $1: peer, $2: kinds, $3: subjects.
UPDATE discrepancies f SET tries = tries + 1 FROM unnest($2::text[], $3::text[]) AS t (kind, subject)
WHERE f.peer = $1 AND f.kind = t.kind AND f.subject = t.subject AND f.status = 'open'

-- name: tries_of
-- $1: peer, $2: kinds, $3: subjects.
SELECT f.kind, f.subject, f.tries FROM discrepancies f JOIN unnest($2::text[], $3::text[]) AS t (kind, subject) ON f.kind = t.kind AND f.subject = t.subject
WHERE f.peer = $1 AND f.status = 'open'

-- name: open_matters
-- The matters that a peer and we are known to see otherwise. $1: peer, $2: kinds.
SELECT DISTINCT matter_id FROM discrepancies WHERE peer = $1 AND status = 'open' AND kind = ANY ($2::text[]) AND matter_id IS NOT NULL

-- name: heal
-- What is no more. $1: peer, $2: kinds that were looked for, $3: matters that were looked at, $4: kinds, $5: subjects still found, $6: now, $7: by whom.
UPDATE discrepancies f SET status = 'healed', closed_at = $6, closed_by = $7
WHERE f.peer = $1 AND f.status = 'open' AND f.kind = ANY ($2::text[]) AND f.matter_id = ANY ($3::uuid[])
  AND NOT EXISTS (SELECT 1 FROM unnest($4::text[], $5::text[]) AS s (kind, subject) WHERE s.kind = f.kind AND s.subject = f.subject)
RETURNING id

-- name: listed
-- $1: status or null, $2: kind or null, $3: peer or null, $4: before this id or null, $5: limit.
SELECT f.id, f.peer, f.kind, f.subject, f.matter_id, f.text, f.status, f.first_seen, f.last_seen, f.times, f.tries, f.closed_at, f.closed_by, f.reason,
       (SELECT o.number FROM orders o WHERE o.matter_id = f.matter_id) AS number
FROM discrepancies f
WHERE ($1::text IS NULL OR f.status = $1) AND ($2::text IS NULL OR f.kind = $2) AND ($3::text IS NULL OR f.peer = $3)
  AND ($4::uuid IS NULL OR f.id < $4)
ORDER BY f.id DESC LIMIT $5

-- name: dismiss
-- $1: id, $2: now, $3: by whom, $4: reason.
UPDATE discrepancies SET status = 'dismissed', closed_at = $2, closed_by = $3, reason = $4 WHERE id = $1 AND status = 'open' RETURNING id

-- name: status_of
SELECT status FROM discrepancies WHERE id = $1

-- name: open_counts
SELECT kind, count(*) AS count FROM discrepancies WHERE status = 'open' GROUP BY kind
