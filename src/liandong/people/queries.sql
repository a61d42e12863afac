-- name: all_keys
SELECT id, digest, name, roles, unit, home FROM api_keys WHERE revoked_at IS NULL

-- name: add_key
INSERT INTO api_keys (id, digest, name, roles, unit, created_at, home) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: revoke_key
UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id

-- name: list_keys
SELECT id, name, roles, unit, home, created_at, revoked_at FROM api_keys ORDER BY created_at
