-- Accounts that are bound to a district (6 digits) or a street (9): they see and act on the matters there and on nothing else.
ALTER TABLE accounts ADD COLUMN division text;
ALTER TABLE accounts ADD CONSTRAINT "a district's account is at the desk or above it" CHECK (
    division IS NULL OR (division ~ '^\d{6}(\d{3})?$' AND unit IS NULL AND home IS NULL
        AND roles <@ ARRAY['dispatcher', 'supervisor', 'leader']));

-- A district's matters with those of its streets, newest first; a list by an exact code was within one of the two anyway.
CREATE INDEX orders_by_district ON orders (left(division_code, 6), id) WHERE division_code IS NOT NULL;
CREATE INDEX orders_by_street ON orders (left(division_code, 9), id) WHERE length(division_code) >= 9;
DROP INDEX orders_by_division;
