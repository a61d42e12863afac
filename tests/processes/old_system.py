"""An old desk that speaks SQL and nothing else: `old_system.py 12345|110 DSN ROLE [COUNT]`. It knows the exchange database and no code of ours.

It runs until it is killed. Whatever it does is named by its own numbers, so a new one goes on where the killed one stopped.
"""

import asyncio
import sys

import asyncpg

NEXT_110 = {  # status of its order → the message that brings it on: kind, words
    "received": ("6", ""), "dispatched": ("5", ""), "acknowledged": ("7", "到场"), "arrived": ("8", ""), "disposing": ("1", "已到场处置，当事人已和解"),
    "fed_back": ("9", ""),
}  # fmt: skip
UNIT = sys.argv[5] if len(sys.argv) > 5 else ""


async def hand_in(db, count):
    for n in range(count):
        await db.execute(
            "INSERT INTO exchange_db.handed_in (jjdbh, bjnr, bjdh, bjrmc, jqlyfs, sqlx, zjzx) "
            "VALUES ($1, $2, '13800001234', '王小明', '01', '2', '01') ON CONFLICT (side, jjdbh) DO NOTHING",
            f"OLD-{n}", f"小区有人偷电动车，第{n}件",
        )  # fmt: skip


async def say(db, number, order, kind, words="", **more):
    columns = "".join(f", {name}" for name in more)
    places = "".join(f", ${n}" for n in range(5, 5 + len(more)))
    await db.execute(
        f"INSERT INTO exchange_db.replies (xxbh, gdbh, xxlx, nr{columns}) VALUES ($1, $2, $3, $4{places}) ON CONFLICT (side, xxbh) DO NOTHING",
        number, order, kind, words or None, *more.values(),
    )  # fmt: skip


async def as_12345(db, row):
    if row["gdzt"] == "answered":
        await say(db, f"{row['gdbh']}-close", row["gdbh"], "9")
    await done(db, row)


async def as_110(db, row):
    if row["qrbz"] and row["gdzt"] == "offered":
        await say(db, f"{row['ssbh']}-accept", str(row["ssbh"]), "4")
    await done(db, row)


async def work_on(db):
    """The old 110 sends its own people on: it looks at what it wrote last and says what comes next."""
    rows = await db.fetch(
        "SELECT DISTINCT ON (o.ssbh) o.ssbh FROM exchange_db.outgoing o WHERE EXISTS "
        "(SELECT 1 FROM exchange_db.replies r WHERE r.xxbh = o.ssbh::text || '-accept' AND r.tszt = 2)"
    )
    for row in rows:
        matter = str(row["ssbh"])
        for status, (kind, words) in NEXT_110.items():
            more = {"cbdw": UNIT} if kind == "6" else {}
            await say(db, f"{matter}-{status}", matter, kind, words, **more)


async def done(db, row):
    await db.execute("UPDATE exchange_db.outgoing SET tszt = 1 WHERE id = $1 AND tszt = 0", row["id"])
    await db.execute("UPDATE exchange_db.outgoing SET tszt = 2 WHERE id = $1", row["id"])


async def main():
    which, dsn, role, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    db = await asyncpg.connect(dsn, user=role, password="p")
    if which == "12345":
        await hand_in(db, count)
    while True:
        for row in await db.fetch("SELECT * FROM exchange_db.outgoing WHERE tszt < 2 ORDER BY id LIMIT 20"):
            await (as_12345 if which == "12345" else as_110)(db, row)
        if which == "110":
            await work_on(db)
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main())
