-- name: keep_draft
-- $1: id, $2: now, $3: actor, $4: kind, $5: order or gap, $6: model, $7: digest of what was sent, $8: milliseconds, $9: outcome, $10: problems.
INSERT INTO drafts (id, at, actor, kind, thing, model, sent, took_ms, outcome, problems) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: gap
SELECT question, variants, answer FROM card_gaps WHERE id = $1
