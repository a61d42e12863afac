-- name: open_transfers
-- Orders with a hand-over that is not settled, either way, the longest waiting first. $1: only with this centre, or null. $2: bound.
-- Three looks at three partial indexes that hold only what is open: asked of us; offered by us; ours under negotiation.
SELECT order_id FROM (
    SELECT order_id, peer, offered_at FROM transfers WHERE direction = 'in' AND status IN ('offered', 'negotiating')
    UNION ALL
    SELECT order_id, peer, offered_at FROM transfers WHERE status IN ('offered', 'withdrawing') AND direction = 'out'
    UNION ALL
    SELECT order_id, peer, offered_at FROM transfers WHERE NOT urgent AND status IN ('negotiating', 'keeping') AND direction = 'out') AS waiting
WHERE ($1::text IS NULL OR peer = $1) AND /* within order: waiting.order_id */ TRUE
GROUP BY order_id
ORDER BY min(offered_at), order_id
LIMIT $2
