"""Every named query fits the migrated schema, and the hot ones find their rows by an index."""

import inspect
import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from uuid import UUID

import asyncpg
import pytest

from liandong.core import db, sqlfiles
from liandong.orders.lifecycle import POLICE
from liandong.orders.listing import Filters, listing_sql
from liandong.orders.within import within
from liandong.oversight.service import OversightFilters, oversights_sql
from patience import everybody_sees_all

PACKAGE = files("liandong")
FILES = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.sql") if "migrations" not in path.parts)
ROWS = 60_000
BIG = {
    "orders", "events", "outbox", "inbox", "timers", "transfers", "dispatches", "requests", "alarms", "findings",
    "attachments", "attachment_chunks", "attachment_copies",
    "order_returns", "oversights", "notifications", "notification_attempts", "call_plans", "invites", "invite_tokens", "evaluations", "reactions",
    "assessed_orders", "frozen_orders", "exclusions", "flags",
    "handed_in", "replies", "outgoing", "dead_letters", "deliveries",
    "views", "account_log", "sessions",
    "cards", "card_versions", "card_terms", "card_feedback", "card_copies", "card_gaps", "conversations",
    "suggestions", "self_dispatches", "topic_orders",
    "emergency_log", "emergency_orders", "emergency_reads", "emergency_callers", "emergency_callers_elsewhere", "emergency_signals", "emergency_proposals",
}  # fmt: skip
# Those that run on every request, message or look of a worker.
HOT = {
    "orders/queries.sql": ["snapshots", "find", "id_of_matter", "request", "event_at", "kinds_since", "events", "feed", "feed_end", "shared_with", "helped_by"],
    "orders/commit.sql": ["commit"],
    "exchange/queries.sql": [
        "inbox_state", "keep_message", "pending", "mark_delivered", "mark_dead", "put_off", "resend", "dead_count", "unhandled_count",
        "shared_open", "shared_closed", "shared_named", "views_of", "send_again",
    ],
    "roots/queries.sql": [
        "first_event_at", "first_position_from", "buckets_between", "leaves_between", "heads_between", "heads_now", "own_heads",
        "orders_in_bucket", "thread_received", "thread_sent", "announced_days", "numbers_of_matters",
    ],
    "core/timers.sql": ["claim_due", "late_count", "renew_claims"],
    "core/alarms.sql": ["add_alarm", "newest_alarms"],
    "audit/queries.sql": [
        "touched", "feed_end", "open_orders", "orders_of_findings", "clock_not_fired", "clock_without_event", "clock_missing", "nobody_reminded",
        "open_transfers", "transfer_lost", "message_waits", "danger_unsent", "emergency_delayed", "message_unseen", "worker_silent",
        "keep_findings", "end_findings", "see_finding", "list_findings", "count_findings", "delayed_emergencies",
    ],
    "peers/queries.sql": ["queues", "keep_heard", "claim_asking"],
    "agreements/queries.sql": ["open_orders"],
    "attachments/queries.sql": [
        "begun_before", "append", "progress", "chunks", "drop_bytes", "start_over", "begin_scan", "claim_waiting", "waiting", "found",
        "found_bad", "scan_later", "forget_unfinished", "pending_copy", "copy_sent", "copy_settled", "copy_later", "taken_from",
        "copy_counts",
    ],
    "duplicates/queries.sql": ["candidates"],
    "policing/queries.sql": ["states", "loads", "supported_by", "keep_position", "keep_state"],
    "repeats/queries.sql": ["of_caller", "have_answers", "thread", "said", "to_review"],
    "negotiation/queries.sql": ["open_transfers"],
    "precedents/queries.sql": ["of_questions", "newest", "propose"],
    "emergencies/queries.sql": [
        "last_own", "digest_of_line", "lines_of", "state_of", "due", "emergency_of_order", "readers_of", "read_already", "taking_calls", "call_by_request",
        "kept_elsewhere", "own_caller", "callers_to_call", "untold", "leave_to", "signals_since", "families_before", "matters_of", "linked_among", "recent_proposals",
    ],
    "dispatching/queries.sql": ["open_of_unit", "open_with_share", "newest_of_unit", "newest_with_share", "request"],
    "people/queries.sql": ["live", "live_sessions", "see_sessions", "end_stale", "account_events", "events_of_account", "seen", "seen_by", "seen_of", "add_session", "end_session", "end_sessions", "begin_attempt"],
    "messaging/queries.sql": ["add", "claim", "mark_sent", "put_off", "mark_dead", "resend", "dead_ids", "listed", "listed_dead", "inbox", "see", "attempts_of"],
    "callbacks/queries.sql": [
        "plan", "plan_done", "to_call", "add_invite", "invite_now", "add_token", "invite_by_token", "invite_tried", "invite_used", "solved_said",
        "reopened_since", "evaluations_of", "by_actor", "by_address", "by_phone", "waiting_reactions", "reaction_done",
    ],
    "oversight/queries.sql": ["newly_overdue", "known_orders", "outstanding"],
    "handling/queries.sql": ["returns_waiting", "malicious_counted", "dispatches_counted", "clocks_of_other_policies"],
    "core/places.sql": ["touched", "feed_end", "events_after", "behind"],
    "exports/queries.sql": ["orders", "events"],
    "open311/queries.sql": ["request_of_token", "listed", "numbered", "updates"],
    "partners/queries.sql": ["partner_by_digest", "count_use", "keep_signature", "forget_signatures", "pull", "handed_in_by", "owe", "claim_deliveries",
        "mark_delivered", "put_delivery_off", "bury_delivery", "dead_deliveries", "resend_deliveries",],
    "middle/queries.sql": [
        "take_handed_in", "take_replies", "settle_handed_in", "settle_replies", "bury", "raise_from_dead", "own_numbers", "tell",
    ],
    "assessment/queries.sql": [
        "next_orders", "newly_delayed", "drop_invented", "derive", "attachments_of", "list_exclusions", "frozen_with", "texts_of",
    ],
    "knowledge/queries.sql": [
        "card", "card_by_id", "titled", "versions", "version", "add_terms", "drop_terms", "search", "list_cards", "waiting", "in_force_cards", "citable",
        "still_public", "uses", "unanswered", "ending", "tell_expiry", "tell_review", "feedback_of", "open_feedback", "late_feedback", "copy_of",
        "refused_from", "gaps", "gap",
    ],
    "surge/queries.sql": ["by_key", "conversation", "unfiled", "list", "filed", "write"],
    "suggesting/queries.sql": [
        "keep_shown", "link_shown", "keep_chosen", "count_day", "shown_of_order", "forget", "similar", "self_candidates", "keep_self", "not_sent", "left_behind",
        "self_to_check", "check_self", "self_counts",
    ],
    "topics/queries.sql": ["orders_of", "of_orders", "keep_members"],
    "detectors/queries.sql": ["cases", "answers_near", "raise_flags", "list_flags", "decide_flag", "decided_since", "results_between"],
}  # fmt: skip


def queries(file):
    folder, _, name = file.rpartition("/")
    return vars(sqlfiles.load_sql(f"liandong.{folder.replace('/', '.')}", name))


EVERY = [(file, name) for file in FILES for name in queries(file)]
HOT_ONES = [(file, name) for file, names in HOT.items() for name in names]


@pytest.fixture
async def connection(module_database):
    opened = await db.connect(module_database)
    yield opened
    await opened.close()


def test_every_sql_file_of_the_package_is_looked_at():
    assert set(HOT) <= set(FILES)
    assert len(EVERY) > 30


@pytest.mark.parametrize("file, name", EVERY)
async def test_a_query_fits_the_migrated_schema(connection, file, name):
    sql = queries(file)[name]
    assert await plan_of(connection, sql)


async def test_a_query_that_does_not_fit_would_be_found(connection):
    with pytest.raises(asyncpg.UndefinedColumnError):
        await connection.prepare("SELECT no_such_column FROM orders")


@pytest.fixture(scope="module")
def filled(databases):
    """A database with many rows in every table that grows."""
    import servers

    async def fill():
        name = await databases.create()
        connection = await db.connect(databases.dsn(name))
        for sql in FILLING:
            await connection.execute(sql.replace(":rows", str(ROWS)))
        await everybody_sees_all(connection)
        await connection.execute("VACUUM ANALYZE")
        await connection.close()
        return name

    name = servers.in_thread(fill())
    yield databases.dsn(name)
    servers.in_thread(databases.drop(name))


@pytest.mark.parametrize("file, name", HOT_ONES)
async def test_a_hot_query_reads_no_big_table_whole(filled, file, name):
    settings = db.COMMIT_SETTINGS if name == "commit" else None
    assert await scans(filled, queries(file)[name], settings) == set()


LISTS = {
    "newest": Filters(),
    "a page further": Filters(before=UUID(int=2**127)),
    "by status": Filters(status=["accepted"]),
    "open": Filters(is_open=True),
    "a unit's": Filters(unit="u7"),
    "a division's open": Filters(division_code="120101", is_open=True),
    "within a district": Filters(within="120101"),
    "within a street, open": Filters(within="120101001", is_open=True),
    "a liaison's": Filters(peer="gas"),
    "a liaison's open": Filters(peer="110", is_open=True),
    "of a day": Filters(created_from=datetime(2025, 3, 4, tzinfo=UTC), created_to=datetime(2025, 3, 5, tzinfo=UTC)),
}


OVERSIGHT_LISTS = {
    "newest": OversightFilters(),
    "a unit's": OversightFilters(unit="u7"),
    "a level's": OversightFilters(authority="centre"),
    "overdue": OversightFilters(overdue=True),
    "a page further": OversightFilters(before=(datetime(2025, 3, 4, tzinfo=UTC), "n")),
}


@pytest.mark.parametrize("name", OVERSIGHT_LISTS)
async def test_a_list_of_oversights_reads_no_big_table_whole(filled, name):
    sql, _ = oversights_sql(OVERSIGHT_LISTS[name], datetime(2025, 3, 4, tzinfo=UTC), 25)
    assert await scans(filled, sql) == set()


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_reads_no_big_table_whole(filled, name):
    sql, _ = listing_sql(LISTS[name], 25)
    assert await scans(filled, sql) == set()


NARROWED = [(file, name) for file, name in EVERY if "/* within" in queries(file)[name]]


@pytest.mark.parametrize("division", ["120101", "120101001"])
async def test_what_a_district_sees_of_a_query_reads_no_big_table_whole(filled, division):
    assert len(NARROWED) >= 20
    read = {}
    for file, name in NARROWED:
        sql = queries(file)[name]
        given = max(map(int, re.findall(r"\$(\d+)", sql)), default=0)
        read[name] = await scans(filled, within(sql, (None,) * given, division)[0])
    assert not {name: tables for name, tables in read.items() if tables}


async def test_a_scan_would_be_found(filled):
    assert await scans(filled, "SELECT * FROM orders WHERE content LIKE $1") == {"orders"}


async def scans(dsn, sql, settings=None):
    connection = await db.connect(dsn, settings=settings)
    try:
        plan = await plan_of(connection, sql)
    finally:
        await connection.close()
    return {node["Relation Name"] for node in _nodes(plan) if node["Node Type"] == "Seq Scan"} & BIG


async def plan_of(connection, sql):
    """The plan for whatever values: a query must not be fast for some only."""
    parameters = (await connection.prepare(sql)).get_parameters()
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute(f"DEALLOCATE ALL; PREPARE looked_at AS {sql}")
    values = f"({', '.join(['NULL'] * len(parameters))})" if parameters else ""
    return json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE looked_at{values}"))[0]["Plan"]


def _nodes(node):
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


FILLING = [
    "SET session_replication_role = replica",
    """CREATE TEMP TABLE many AS SELECT n, lpad(to_hex(n), 8, '0')::text AS hex,
       (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000')::uuid AS id,
       (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000001')::uuid AS matter_id FROM generate_series(1, :rows) AS n""",
    """INSERT INTO orders (id, matter_id, number, kind, status, version, head, round, responsible, first_receiver, origin, exercise, channel,
       urgent, danger, confidential, division_code, unit, title, content, caller, incident, call, call_backs, tags, merged, revisited, fed_back,
       invalid, created_at, accepted_at, updated_at, repeat_of, repeats, repeat_review)
       SELECT id, matter_id, 'n' || n, 'work_order', CASE n % 10 WHEN 0 THEN 'accepted' WHEN 1 THEN 'dispatched' ELSE 'evaluated' END, 1, '\\x00', 1,
       n % 10 < 2, '12345', 'caller', 'actual', 'phone', false, false, false, '1201' || lpad((n % 16 + 1)::text, 2, '0'), 'u' || n % 200, '', 'x',
       jsonb_build_object('phone', '138' || n / 3), jsonb_build_object('address', 'a' || n / 4, 'wgs84',
       jsonb_build_object('lon', 117 + n % 500 / 1000.0, 'lat', 39 + n / 500 / 1000.0)), '{}', 0, '{}', false, false, false, false, now(), now(), now(),
       CASE WHEN n % 4 > 0 AND n > 1 THEN (lpad(to_hex(n - 1), 8, '0') || '-0000-7000-8000-000000000000')::uuid END, n % 4,
       CASE WHEN n % 100 = 3 THEN '{"reviewed_at": null}'::jsonb WHEN n % 4 = 3 THEN '{"reviewed_at": "x"}' END FROM many""",
    """INSERT INTO events (order_id, seq, status, kind, id, at, actor, role, body, hash)
       SELECT id, 1, 'accepted', 'order.accepted', matter_id, now(), 'a', 'r', '{}', '\\x00' FROM many""",
    "INSERT INTO views (at, actor, order_id, fields, reason) SELECT now(), 'a' || n % 500, id, '{caller}', 'x' FROM many",
    "INSERT INTO account_log (at, actor, account, kind) SELECT now(), 'a', 'a' || n % 500, 'signed_in' FROM many",
    """INSERT INTO sessions (id, digest, account, method, created_at, seen_at, expires_at, address, agent, ended_at)
       SELECT id, decode(hex, 'hex'), 'a' || n % 500, 'password', now(), now(), now(), '', '', CASE WHEN n % 100 > 0 THEN now() END FROM many""",
    """INSERT INTO timers (order_id, name, status, due_at, started_at, policy_version)
       SELECT id, 'answer', CASE WHEN n % 10 = 1 THEN 'running' ELSE 'stopped' END, now() + n * interval '1 minute', now(), '1' FROM many""",
    """INSERT INTO transfers (id, order_id, direction, peer, part, urgent, status, items, offered_at, answered_at, precedent)
       SELECT matter_id, id, 'out', CASE n % 100 WHEN 7 THEN 'gas' ELSE '110' END, false, false,
       CASE WHEN n % 50 = 0 THEN 'offered' ELSE 'accepted' END, '{}', now(), now() - n * interval '1 minute',
       CASE WHEN n % 20 = 0 THEN jsonb_build_object('question', 'q' || n % 300, 'owner', '110') END FROM many""",
    "INSERT INTO dispatches (order_id, no, unit, dispatched_at) SELECT id, 1, 'u' || n % 200, now() FROM many",
    """INSERT INTO order_returns (order_id, no, unit, reason, basis, status, asked_by, asked_at)
       SELECT id, 1, 'u' || n % 200, 'other', 'b', CASE WHEN n % 500 = 0 THEN 'asked' ELSE 'granted' END, 'a', now() - n * interval '1 minute' FROM many""",
    """INSERT INTO outbox (id, peer, matter_id, order_id, seq, kind, urgent, exercise, body, created_at, status, next_attempt_at, delivered_at, last_error)
       SELECT id, '110', matter_id, id, 1, 'k', n % 1000 = 0, 'actual', '{}', now(),
       CASE n % 100 WHEN 0 THEN 'pending' WHEN 1 THEN 'dead' ELSE 'delivered' END, now(), now(), 'x' FROM many""",
    """INSERT INTO inbox (sender, message_id, matter_id, seq, kind, digest, status, code, raw, received_at)
       SELECT '110', id, matter_id, 1, 'k', '\\x00', CASE WHEN n % 1000 = 0 THEN 'refused' ELSE 'handled' END, 'c', 'r', now() FROM many""",
    """INSERT INTO alarms (id, at, kind, subject, severity, zh, en, order_id)
       SELECT id, now(), 'finding.opened', 'x', 'info', 'x', 'x', id FROM many""",
    """INSERT INTO findings (id, kind, thing, order_id, severity, zh, en, detail, first_seen, last_seen, over_at)
       SELECT id, CASE WHEN n % 1000 = 0 THEN 'emergency_delayed' ELSE 'clock_not_fired' END, n::text, id, 'alarm', 'x', 'x', '{}', now(), now(),
       CASE WHEN n % 500 = 0 THEN NULL ELSE now() END FROM many""",
    """INSERT INTO attachments (order_id, id, name, media_type, size, sha256, place, added_by, added_at, confidential, origin, status, received,
       created_at, request_key)
       SELECT id, matter_id, 'a.jpg', 'image/jpeg', 1, 'x', '', 'a', CASE WHEN n % 100 > 1 THEN now() END, false, 'own',
       CASE n % 100 WHEN 0 THEN 'receiving' WHEN 1 THEN 'scanning' ELSE 'clean' END, CASE WHEN n % 100 = 0 THEN 0 ELSE 1 END, now(), 'k' || n
       FROM many""",
    "INSERT INTO attachment_chunks (order_id, attachment_id, start, bytes) SELECT id, matter_id, 0, '\\x00' FROM many",
    """INSERT INTO attachment_copies (order_id, attachment_id, peer, message_id, urgent, status, next_attempt_at, delivered_at)
       SELECT id, matter_id, '110', id, n % 10 = 0, CASE WHEN n % 100 = 0 THEN 'pending' ELSE 'delivered' END, now(), now() FROM many""",
    """INSERT INTO oversights (order_id, no, number, authority, rank, status, unit, text, opened_at, opened_by, due_at, ended_at, rounds, checks)
       SELECT id, 1, 'd' || n, 'centre', 1, CASE WHEN n % 100 = 0 THEN 'open' ELSE 'accepted' END, 'u' || n % 200, 'x', now() - n * interval '1 minute', 'a',
       now() + n * interval '1 minute', CASE WHEN n % 100 = 0 THEN NULL ELSE now() END, '[]', '[]' FROM many""",
    """INSERT INTO notifications (id, dedup, order_id, event, template, channel, recipient, unit, language, urgent, params, created_at, status,
       next_attempt_at, sent_at, last_error)
       SELECT id, 'k' || n, id, 'e', 't', CASE WHEN n % 2 = 0 THEN 'in_app' ELSE 'sms' END, 'r', 'u' || n % 200, 'zh', false, '{}', now(),
       CASE n % 100 WHEN 1 THEN 'pending' WHEN 3 THEN 'dead' ELSE 'sent' END, now(), now(), 'x' FROM many""",
    "INSERT INTO notification_attempts (notification_id, at, took_ms) SELECT id, now(), 1 FROM many",
    """INSERT INTO call_plans (order_id, round, method, rule, planned_at, phone_from, done_at)
       SELECT id, 1, 'sms', 'others', now(), now(), CASE WHEN n % 100 = 0 THEN NULL ELSE now() END FROM many""",
    "INSERT INTO invites (id, order_id, round, method, created_at, expires_at) SELECT matter_id, id, 1, 'sms', now(), now() FROM many",
    "INSERT INTO invite_tokens (digest, invite_id, made_at) SELECT decode(hex, 'hex'), matter_id, now() FROM many",
    """INSERT INTO evaluations (order_id, round, seq, at, method, actor, address, phone_digest, satisfaction, mapped, words, unit, number, exercise)
       SELECT id, 1, 9, now() - n * interval '1 minute', 'sms', 's' || n % 500, 'a' || n % 900, decode(hex, 'hex'), 5, 'satisfied', '', 'u' || n % 200, 'n' || n,
       'actual' FROM many""",
    """INSERT INTO reactions (order_id, seq, rule, at, done_at)
       SELECT id, 9, 'r', now(), CASE WHEN n % 100 = 0 THEN NULL ELSE now() END FROM many""",
    """INSERT INTO assessed_orders (order_id, version, kind, origin, channel, category, division, unit, status, final, invalid, urgent, danger,
       taken_at, handled_at, rounds, dispatches, returns, overdue, reached, repeated, offers, bounced, transfer_late, shared, delayed)
       SELECT id, 1, 'work_order', 'caller', 'phone', 'c', 'd', 'u' || n % 200, 'accepted', false, false, false, false,
       now() - n * interval '1 minute', now(), 1, 1, 0, 0, false, false, 0, 0, false, false, n % 2 = 0 FROM many""",
    "INSERT INTO frozen_orders SELECT matter_id, a.* FROM many JOIN assessed_orders a ON a.order_id = many.id",
    """INSERT INTO exclusions (id, order_id, reason, evidence, status, requested_by, requested_at, decided_by, decided_at)
       SELECT id, id, 'malicious', 'x', CASE WHEN n % 100 = 0 THEN 'requested' ELSE 'approved' END, 'a', now(),
       CASE WHEN n % 100 > 0 THEN 'b' END, CASE WHEN n % 100 > 0 THEN now() END FROM many""",
    """INSERT INTO flags (id, detector, order_id, round, unit, score, threshold, evidence, raised_at, status, decided_by, decided_at, reason)
       SELECT id, 'd' || n % 7, id, 1, 'u', 1, 1, '{}', now(), CASE WHEN n % 100 = 0 THEN 'open' ELSE 'confirmed' END,
       CASE WHEN n % 100 > 0 THEN 'b' END, CASE WHEN n % 100 > 0 THEN now() END, CASE WHEN n % 100 > 0 THEN 'x' END FROM many""",
    "INSERT INTO exchange_db.sides (code, name, role, roles, callers, created_at) VALUES ('s', 's', 'r', '{}', false, now())",
    """INSERT INTO exchange_db.handed_in (side, jjdbh, bjnr, tszt, gdbh) SELECT 's', 'j' || n, 'x', CASE WHEN n % 100 = 0 THEN 0 ELSE 2 END, 'n' || n FROM many""",
    """INSERT INTO exchange_db.replies (side, xxbh, gdbh, xxlx, tszt) SELECT 's', 'j' || n, 'n' || n, '1', CASE WHEN n % 100 = 0 THEN 0 ELSE 2 END FROM many""",
    """INSERT INTO exchange_db.outgoing (side, sjbh, sjlx, fssj, ssbh, gdzt, gdztmc, qrbz, jjbz, xqbz, sfbm)
       SELECT 's', n, 'k', now(), matter_id, 'x', 'x', false, false, false, false FROM many""",
    """INSERT INTO exchange_db.dead_letters (side, bm, hh, bh, cwdm, cwsm, cwsj, jjsj)
       SELECT 's', 'replies', n, 'j' || n, 'c', 'x', now(), CASE WHEN n % 100 > 0 THEN now() END FROM many""",
    """INSERT INTO cards (id, no, number, owner, newest, in_force, scope, unit, title, valid_until, review_on, changed_at) OVERRIDING SYSTEM VALUE
       SELECT id, n, 'k' || n, CASE n % 2 WHEN 0 THEN '110' ELSE '12345' END, 1, 1, 'public', 'u' || n % 200, 't' || n,
       CASE WHEN n % 100 = 0 THEN current_date + n % 900 END, CASE WHEN n % 100 = 0 THEN current_date + n % 900 END, now() FROM many""",
    """INSERT INTO card_versions (card_id, version, status, content, digest, sounds, made_by, made_at, decided_by)
       SELECT id, 1, CASE WHEN n % 500 = 0 THEN 'submitted' ELSE 'in_force' END, 'x', encode(sha256('x'), 'hex'), '', 'a', now(), 'b' FROM many""",
    "INSERT INTO card_terms (scope, term, count, cards) SELECT 'public', 't' || n, 1, ARRAY[n] FROM many",
    """INSERT INTO card_feedback (id, card_id, version, text, given_by, given_at, due_at, answered_at)
       SELECT id, id, 1, 'x', 'a', now(), now() + n * interval '1 minute', CASE WHEN n % 100 > 0 THEN now() END FROM many""",
    "INSERT INTO card_copies (card_id, peer, version, published, message_id, sent_at) SELECT id, '110', 1, true, id, now() FROM many",
    """INSERT INTO card_gaps (id, question, answer, variants, orders, count, newest_at, found_at, status)
       SELECT id, 'q', 'a', '{}', '{}', n % 90, now(), now(), CASE WHEN n % 100 = 0 THEN 'open' ELSE 'dismissed' END FROM many""",
    """INSERT INTO conversations (id, key, status, channel, caller, turns, to_file, failures, offered, order_id, started_at, changed_at)
       SELECT id, 'k' || n, CASE WHEN n % 100 = 0 THEN 'open' ELSE 'filed' END, 'phone', '{}', '[]', n % 2 = 0, 0, '[]',
       CASE WHEN n % 100 > 0 THEN id END, now(), now() FROM many""",
    """INSERT INTO suggestions (actor, draft, field, model, version, guesses, unsure, earlier, first_at, last_at, day, order_id)
       SELECT 'a' || n % 500, 'k' || n, 'class', 'class', '1', '[]', false, '[]', now(), now() - n * interval '1 minute',
       current_date - n / 200, CASE WHEN n % 100 > 0 THEN id END FROM many""",
    """INSERT INTO self_dispatches (order_id, at, outcome, why, class, unit, probability, models, sampled, checked_at, checked_by, was_right)
       SELECT id, now() - n * interval '1 minute', CASE WHEN n % 2 = 0 THEN 'sent' ELSE 'asked' END, '', '', '', 1, '', true,
       CASE WHEN n % 100 > 0 THEN now() END, CASE WHEN n % 100 > 0 THEN 'a' END, CASE WHEN n % 100 > 0 THEN true END FROM many""",
    "INSERT INTO topic_orders (topic_id, order_id) SELECT (lpad(to_hex(n % 300), 8, '0') || '-0000-7000-8000-000000000000')::uuid, id FROM many",
    """INSERT INTO emergencies (id, root_id, status, exercise, declared_at, state)
       SELECT id, id, CASE WHEN n % 500 = 0 THEN 'open' ELSE 'ended' END, 'actual', now() - n * interval '1 minute', '{}' FROM many WHERE n % 20 = 0""",
    """INSERT INTO emergency_log (id, emergency_id, centre, no, lamport, at, by, event, content, previous, digest, taken_at)
       SELECT matter_id, id, '110', 1, n, now(), 'a', 'log.noted', '{}', '', 'd', now() FROM many""",
    "INSERT INTO emergency_orders (order_id, emergency_id, linked_at, linked_by, why) SELECT id, matter_id, now(), 'a', '' FROM many",
    "INSERT INTO emergency_reads (broadcast_id, person, emergency_id, at) SELECT id, 'a', matter_id, now() FROM many",
    """INSERT INTO emergency_callers (id, emergency_id, key, request, phone, name, words, place, exercise, taken_at, taken_by, status, called_by, told_at)
       SELECT id, matter_id, 'k' || n, 'r' || n, '1', '', '', '', 'actual', now() - n * interval '1 second', 'a', CASE WHEN n % 500 = 0 THEN 'waiting' ELSE 'called_back' END,
              'a', CASE WHEN n % 500 = 0 THEN NULL ELSE now() END FROM many""",
    "INSERT INTO emergency_callers_elsewhere (emergency_id, key, centre, at, called_back) SELECT id, 'k' || n, '110', now(), false FROM many",
    "INSERT INTO emergency_signals (order_id, at, family, signal) SELECT id, now() - n * interval '1 second', 'gas', '{}' FROM many",
    """INSERT INTO emergency_proposals (id, source, key, at, seen_at, body, status, decided_by) SELECT id, 'burst', 'k' || n, now() - n * interval '1 minute', now(), '{}',
       CASE WHEN n % 500 = 0 THEN 'open' ELSE 'declared' END, CASE WHEN n % 500 = 0 THEN NULL ELSE 'a' END FROM many""",
    "INSERT INTO webhooks (id, partner, url, kinds, secret, created_at) VALUES ('00000000-0000-0000-0000-000000000001', 'p', 'u', '{}', 's', now())",
    """INSERT INTO deliveries (id, webhook_id, position, kind, body, created_at, status, next_attempt_at, last_error)
       SELECT id, '00000000-0000-0000-0000-000000000001', n, 'k', '{}', now(), CASE n % 100 WHEN 0 THEN 'pending' WHEN 1 THEN 'dead' ELSE 'delivered' END,
       now(), 'x' FROM many""",
    "INSERT INTO requests (actor, key, digest, order_id, at) SELECT 'a', 'k' || n, '\\x00', id, now() FROM many",
]


def test_what_is_under_way_is_the_same_in_the_index_the_queries_and_the_lifecycle():
    under_way = sorted({*POLICE.engaged, "returned"})
    texts = [queries("policing/queries.sql")[name] for name in ("loads", "supported_by")]
    texts.append((PACKAGE / "migrations/0024_policing.sql").read_text())
    lists = [found for text in texts for found in re.findall(r"status IN \(([^)]*)\)", text)]
    assert len(lists) == 5
    assert {tuple(sorted(re.findall(r"\w+", one))) for one in lists} == {tuple(under_way)}


def test_the_filling_is_as_large_as_promised():
    assert ROWS >= 50_000
    assert inspect.cleandoc(FILLING[0])
