-- name: in_force_on
-- The newest of the versions whose day has come. $1: the local day.
SELECT no, content, digest FROM unit_directories WHERE effective_from <= $1 ORDER BY effective_from DESC, no DESC LIMIT 1

-- name: head_on
-- Which version is in force, without its content. $1: the local day.
SELECT no FROM unit_directories WHERE effective_from <= $1 ORDER BY effective_from DESC, no DESC LIMIT 1

-- name: versions
SELECT no, effective_from, digest, title, imported_by, imported_at FROM unit_directories ORDER BY no DESC LIMIT 100

-- name: content
SELECT no, content FROM unit_directories WHERE no = $1

-- name: add
INSERT INTO unit_directories (effective_from, content, digest, title, imported_by, imported_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING no
