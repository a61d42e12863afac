-- name: claim_asking
-- This worker asks the peer now, unless another one has just done so. $1: peer, $2: now, $3: asked before this.
INSERT INTO peers (code, asked_at) VALUES ($1, $2)
ON CONFLICT (code) DO UPDATE SET asked_at = EXCLUDED.asked_at WHERE peers.asked_at IS NULL OR peers.asked_at <= $3 OR peers.asked_at > $2
RETURNING true

-- name: lock_peer
SELECT * FROM peers WHERE code = $1 FOR UPDATE

-- name: keep_heard
-- $1: peer, $2: reachable, $3: slow, $4: since, $5: last seen, $6: latency, $7: version, $8: protocol, $9: kinds, $10: skew, $11: desk open,
-- $12: its reason, $13: since when, $14: error.
UPDATE peers SET (reachable, slow, since, last_seen_at, latency_ms, version, protocol, kinds, clock_skew_ms, desk_open, desk_reason,
                  desk_since, last_error)
    = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
WHERE code = $1

-- name: all_peers
SELECT * FROM peers

-- name: spoken
SELECT code, kinds FROM peers WHERE kinds IS NOT NULL

-- name: queues
-- What waits for each peer, and its dead letters.
SELECT peer, count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'dead') AS dead,
       min(created_at) FILTER (WHERE status = 'pending') AS oldest
FROM (SELECT peer, status, created_at FROM outbox WHERE status = 'pending'
      UNION ALL SELECT peer, status, created_at FROM outbox WHERE status = 'dead') AS waiting
GROUP BY peer

-- name: desk
SELECT open, reason, since, actor FROM desk

-- name: set_desk
INSERT INTO desk (open, reason, since, actor) VALUES ($1, $2, $3, $4)
ON CONFLICT (one) DO UPDATE SET (open, reason, since, actor)
    = (EXCLUDED.open, EXCLUDED.reason, CASE WHEN desk.open = EXCLUDED.open THEN desk.since ELSE EXCLUDED.since END, EXCLUDED.actor)
RETURNING open, reason, since, actor
