-- name: add_side
-- $1: code, $2: name, $3: role, $4: unit or null, $5: roles, $6: callers, $7: now.
INSERT INTO exchange_db.sides (code, name, role, unit, roles, callers, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: read_from_now
-- A new side reads the ledger from where it ends now. $1: the reader's name, $2: from the beginning instead, $3: now.
INSERT INTO reading_places (reader, txid, position, read_at)
SELECT $1, coalesce(CASE WHEN NOT $2 THEN (SELECT txid::text FROM events ORDER BY txid DESC, position DESC LIMIT 1) END, '0'),
       coalesce(CASE WHEN NOT $2 THEN (SELECT position FROM events ORDER BY txid DESC, position DESC LIMIT 1) END, 0), $3

-- name: end_side
UPDATE exchange_db.sides SET ended_at = $2 WHERE code = $1 AND ended_at IS NULL RETURNING role

-- name: forget_place
DELETE FROM reading_places WHERE reader = $1

-- name: sides
SELECT code, name, role, unit, roles, callers FROM exchange_db.sides WHERE ended_at IS NULL ORDER BY code

-- name: codes
SELECT list, code, ours FROM exchange_db.codes

-- name: try_pump
SELECT pg_try_advisory_lock(hashtext('liandong exchange_db'))

-- name: end_pump
SELECT pg_advisory_unlock(hashtext('liandong exchange_db'))

-- name: take_handed_in
-- What was handed in and is neither carried out nor refused; from now on it is pushed. $1: limit.
WITH waiting AS MATERIALIZED (
    SELECT h.id FROM exchange_db.handed_in h JOIN exchange_db.sides s ON s.code = h.side AND s.ended_at IS NULL
    WHERE h.tszt < 2 AND h.cwdm IS NULL ORDER BY h.id LIMIT $1 FOR UPDATE OF h SKIP LOCKED)
UPDATE exchange_db.handed_in h SET tszt = 1 FROM waiting w WHERE h.id = w.id RETURNING row_to_json(h)::text AS row

-- name: take_replies
-- $1: limit.
WITH waiting AS MATERIALIZED (
    SELECT r.id FROM exchange_db.replies r JOIN exchange_db.sides s ON s.code = r.side AND s.ended_at IS NULL
    WHERE r.tszt < 2 AND r.cwdm IS NULL ORDER BY r.id LIMIT $1 FOR UPDATE OF r SKIP LOCKED)
UPDATE exchange_db.replies r SET tszt = 1 FROM waiting w WHERE r.id = w.id RETURNING row_to_json(r)::text AS row

-- name: settle_handed_in
-- $1: ids, $2: numbers, $3: error codes or null, $4: texts or null, $5: now.
UPDATE exchange_db.handed_in h SET tszt = CASE WHEN u.code IS NULL THEN 2 ELSE 1 END, gdbh = coalesce(u.number, h.gdbh), cwdm = u.code, cwsm = u.text, clsj = $5
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS u (id, number, code, text) WHERE h.id = u.id

-- name: settle_replies
-- $1: ids, $2: error codes or null, $3: texts or null, $4: now.
UPDATE exchange_db.replies r SET tszt = CASE WHEN u.code IS NULL THEN 2 ELSE 1 END, cwdm = u.code, cwsm = u.text, clsj = $4
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS u (id, code, text) WHERE r.id = u.id

-- name: bury
-- $1: side, $2: table, $3: row, $4: the side's own number, $5: code, $6: text, $7: now.
INSERT INTO exchange_db.dead_letters AS d (side, bm, hh, bh, cwdm, cwsm, cwsj) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (bm, hh) DO UPDATE SET cwdm = EXCLUDED.cwdm, cwsm = EXCLUDED.cwsm, cwsj = EXCLUDED.cwsj, cs = d.cs + 1, jjsj = NULL

-- name: raise_from_dead
-- Rows that were refused once and are carried out now. $1: table, $2: rows, $3: now.
UPDATE exchange_db.dead_letters SET jjsj = $3 WHERE bm = $1 AND hh = ANY ($2::bigint[]) AND jjsj IS NULL

-- name: own_numbers
-- What a side calls the orders that it handed in. $1: side, $2: our numbers.
SELECT gdbh, jjdbh FROM exchange_db.handed_in WHERE side = $1 AND gdbh = ANY ($2::text[])

-- name: tell
-- Rows for a side, each event once. $1: rows as JSON.
INSERT INTO exchange_db.outgoing (side, sjbh, sjlx, fssj, nr, gdbh, ssbh, jjdbh, gdzt, gdztmc, lylx, qrbz, cbdw, jqlyfs, sqlx, lbdm, hdlbdm, jqdjdm,
    xzqhdm, jjbz, xqbz, sfbm, ylbz, bjsj, jjsj, jjwcsj, jjlyh, bjdh, bjrmc, bjrxbdm, lxdh, bjdz, jqdz, jd84, wd84, jdgcj, wdgcj, bjbt, bjnr, bkryqksm,
    ssryqksm, swryqksm, cljg, sfjj, myd)
SELECT side, sjbh, sjlx, fssj, nr, gdbh, ssbh, jjdbh, gdzt, gdztmc, lylx, qrbz, cbdw, jqlyfs, sqlx, lbdm, hdlbdm, jqdjdm,
    xzqhdm, jjbz, xqbz, sfbm, ylbz, bjsj, jjsj, jjwcsj, jjlyh, bjdh, bjrmc, bjrxbdm, lxdh, bjdz, jqdz, jd84, wd84, jdgcj, wdgcj, bjbt, bjnr, bkryqksm,
    ssryqksm, swryqksm, cljg, sfjj, myd
FROM jsonb_populate_recordset(NULL::exchange_db.outgoing, $1::jsonb)
ON CONFLICT (side, sjbh) DO NOTHING

-- name: dead_letters
-- $1: side or null, $2: limit.
SELECT side, bm, hh, bh, cwdm, cwsm, cs, cwsj FROM exchange_db.dead_letters
WHERE jjsj IS NULL AND ($1::text IS NULL OR side = $1) ORDER BY id LIMIT $2

-- name: resend_handed_in
-- Refused rows go again as they are. $1: side.
UPDATE exchange_db.handed_in SET tszt = 0, cwdm = NULL, cwsm = NULL
WHERE cwdm IS NOT NULL AND id IN (SELECT hh FROM exchange_db.dead_letters WHERE bm = 'handed_in' AND side = $1 AND jjsj IS NULL) RETURNING id

-- name: resend_replies
-- $1: side.
UPDATE exchange_db.replies SET tszt = 0, cwdm = NULL, cwsm = NULL
WHERE cwdm IS NOT NULL AND id IN (SELECT hh FROM exchange_db.dead_letters WHERE bm = 'replies' AND side = $1 AND jjsj IS NULL) RETURNING id

-- name: reconciliation
SELECT side, bm, zs, wts, yts, ycl, cw, zzwcl FROM exchange_db.reconciliation ORDER BY side, bm

