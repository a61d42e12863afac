"""A year that has been: invented closed orders of a few classes and districts, written beside the ledger and taken away again."""

import contextlib
import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

WATER, NOISE, FUND, HOUSE = "050100", "070200", "030400", "040100"
SAID = {
    WATER: ["停水", "水压低", "水管爆裂", "自来水发黄", "水表", "没水喝", "供水"],
    NOISE: ["噪音", "扰民", "广场舞", "半夜施工", "音响", "太吵", "睡不着"],
    FUND: ["公积金", "提取", "缴存", "贷款额度", "租房提取", "封存", "网厅"],
    HOUSE: ["物业", "保洁", "电梯停运", "物业费", "门禁坏了", "垃圾没人收", "停车位"],
}
EVERYBODYS = ["小区", "请处理", "已经三天", "居民反映", "多次来电", "希望尽快解决", "家里有老人"]
TYPES = {WATER: "help", NOISE: "complaint", FUND: "consultation", HOUSE: "complaint"}
DISTRICTS = ("120104", "120101")
UNITS = {
    **{(WATER, district): "91120000YB0000534R" for district in DISTRICTS},
    **{(FUND, district): "11120000YB00004891" for district in DISTRICTS},
    (HOUSE, "120104"): "11120104YB00018600",
    (HOUSE, "120101"): "11120101YB0001748M",
    (NOISE, "120104"): "11120104YB00018525",  # the catalogue says the city's bureau: the district's really handles it
    (NOISE, "120101"): "11120101YB000173XM",
}
"""Who handles what where."""
PUT = """INSERT INTO orders (id, matter_id, number, kind, status, version, head, round, responsible, first_receiver, origin, exercise, channel,
    urgent, danger, confidential, type, class_intake, class_confirmed, division_code, unit, title, content, caller, incident, call, call_backs, tags,
    merged, revisited, fed_back, invalid, created_at, accepted_at, closed_at, updated_at, closing)
    SELECT id, id, 'P' || n, 'work_order', 'evaluated', 1, '\\x00', 1, false, '12345', 'caller', 'actual', 'phone', false, false, false,
    type, class, class, division, unit, '', content, '{}', '{}', '{}', 0, '{}', false, false, true, false, at, at, at, at, 'closed'
    FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
         AS t (id, n, type, class, division, unit, content, at)"""


def sentence(draw: random.Random, code: str) -> str:
    own, other = draw.sample(SAID[code], 2), draw.sample(EVERYBODYS, 2)
    words = [*own, *other]
    draw.shuffle(words)
    return "，".join(words)


@contextlib.asynccontextmanager
async def past(pool: Any, until: datetime, count: int = 160, *, seed: int = 5, days: int = 200) -> AsyncIterator[None]:
    """`count` orders of the `days` before `until`, evenly of all classes."""
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        code, district = list(SAID)[number % 4], DISTRICTS[number // 4 % 2]
        at = until - timedelta(days=days) + timedelta(days=days) * number / count
        key = UUID(int=(int(at.timestamp() * 1000) << 80) + (7 << 76) + (2 << 62) + number)
        rows.append((key, number, TYPES[code], code, district, UNITS[code, district], sentence(draw, code), at))
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(PUT, *map(list, zip(*rows, strict=True)))
    try:
        yield
    finally:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute("DELETE FROM orders WHERE id = ANY ($1)", [row[0] for row in rows])
