-- Puts a test's database back into the state that the migrations leave, for the next test.
CREATE SCHEMA testing;

-- What the migrations themselves put into tables.
CREATE TABLE testing.seeds (relation regclass PRIMARY KEY, rows jsonb NOT NULL);
DO $$
DECLARE
    one regclass;
    rows jsonb;
BEGIN
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r'
        AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'testing') LOOP
        EXECUTE format('SELECT jsonb_agg(to_jsonb(t)) FROM %s AS t', one) INTO rows;
        IF rows IS NOT NULL THEN
            INSERT INTO testing.seeds VALUES (one, rows);
        END IF;
    END LOOP;
END $$;

-- Whoever changes a table, an index, a trigger or a right leaves a mark: such a database is not used again.
CREATE TABLE testing.changes (what text NOT NULL);
CREATE FUNCTION testing.note_change() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO testing.changes VALUES (tg_tag); END $$;

CREATE FUNCTION testing.put_back() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    touched text;
    seed record;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
    IF EXISTS (SELECT FROM testing.changes)
       OR EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()) THEN
        RETURN false;
    END IF;
    PERFORM set_config('session_replication_role', 'replica', true);  -- the ledger's guards forbid what is done here
    SELECT string_agg(oid::regclass::text, ', ') INTO touched
    FROM pg_class WHERE relkind = 'r' AND pg_relation_size(oid) > 0
          AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'testing');
    EXECUTE 'TRUNCATE ' || touched || ' RESTART IDENTITY CASCADE';
    FOR seed IN SELECT * FROM testing.seeds LOOP
        EXECUTE format('INSERT INTO %1$s OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::%1$s, $1)', seed.relation)
        USING seed.rows;
    END LOOP;
    RETURN true;
END $$;

CREATE EVENT TRIGGER testing_changes ON ddl_command_end EXECUTE FUNCTION testing.note_change();
