"""Accounts, code tables and sides from the command line."""

import asyncio

from typer.testing import CliRunner

from liandong.cli.app import app
from liandong.partners.accounts import let_in


async def shell(api, *arguments):
    given = api.centre.node.settings
    path = given.path("node.toml")
    lines = [f'{name} = "{getattr(given, name)}"' for name in ("centre", "dsn", "key_file", "kid")]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    wide = {"COLUMNS": "240"}
    return await asyncio.to_thread(CliRunner().invoke, app, [*arguments, "--settings", str(path)], env=wide)


async def test_an_account_is_made_listed_and_revoked(api):
    made = await shell(
        api, "partners", "add", "app311", "--name", "随手拍", "--scope", "requests", "--network", "127.0.0.0/8"
    )
    assert made.exit_code == 0, made.output
    key = made.output.splitlines()[0]
    pool, clock = api.centre.pool, api.centre.node.clock
    assert (await let_in(pool, clock, key=key, address="127.0.0.1", scopes=["requests"])).code == "app311"
    assert "app311" in (await shell(api, "partners", "list")).output
    assert (await shell(api, "partners", "add", "x", "--name", "x", "--scope", "everything")).exit_code == 2
    assert (await shell(api, "partners", "revoke", "app311")).exit_code == 0
    assert (await shell(api, "partners", "revoke", "app311")).exit_code == 2


async def test_codes_are_mapped_and_a_side_is_joined_and_counted(api, tmp_path):
    name = f"old{id(api)}"
    path = tmp_path / "codes.csv"
    path.write_text("ours,theirs\ncomplaint,TS\n", encoding="utf-8")
    joined = await shell(api, "middle", "add-side", "old", "--name", "旧平台", "--password", "p", "--role", name)
    assert joined.exit_code == 0, joined.output
    assert (await shell(api, "partners", "map", "old", "sqlx", str(path))).exit_code == 0
    insert = "INSERT INTO exchange_db.handed_in (side, jjdbh, bjnr, sqlx) VALUES ('old', '1', '路灯坏了', $1), ('old', '2', '井盖坏了', 'XX')"
    await api.centre.pool.execute(insert, "TS")
    while await api.centre.node.pump.pump_once():
        pass
    assert "XX" in (await shell(api, "partners", "unmapped")).output
    assert "field_" in (await shell(api, "middle", "dead-letters")).output
    assert "handed_in" in (await shell(api, "middle", "reconcile")).output
    assert "1 行" in (await shell(api, "middle", "resend", "old")).output
    assert (await shell(api, "middle", "end-side", "old")).exit_code == 0
    path.write_text("ours,theirs\na,1\nb,1\n", encoding="utf-8")
    assert (await shell(api, "partners", "map", "old", "sqlx", str(path))).exit_code == 2
