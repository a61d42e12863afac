"""/api/v1/orders/export: a list as a workbook, with who took it and when in every row and on every page, and a line in the log.

What it shows is what the screen shows: masked, and of a hidden caller nothing.
"""

import asyncio
import hashlib
import io
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Response, get
from litestar.params import Parameter, QueryParameter
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.http import answers, json_answer
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql
from liandong.core.worktime import zone_of
from liandong.orders.context import Actor
from liandong.orders.listing import Filters, list_ids
from liandong.orders.store import Store
from liandong.orders.view import OrderView, view
from liandong.people.rooms import People

SQL = load_sql("liandong.people")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZONE = zone_of("Asia/Shanghai")
PAGE = 200
HEADS = (
    "编号", "状态", "类型", "标题", "内容", "区划", "承办单位", "紧急", "来电人", "电话", "事发地址", "受理时间", "导出标记",
)  # fmt: skip


class Export(Struct, frozen=True):
    id: UUID
    at: datetime
    actor: str
    filters: Any
    rows: int
    sha256: str


@get("/api/v1/orders/export", summary="A list as a workbook (xlsx) with a watermark", tags=["orders"], media_type=XLSX)
async def export(
    actor: Actor,
    store: Store,
    pool: asyncpg.Pool,
    clock: Clock,
    people: People,
    status: list[str] | None = None,
    is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
    unit: str | None = None,
    division_code: str | None = None,
    type: str | None = None,
    created_from: datetime | None = None,
    created_to: datetime | None = None,
    limit: Annotated[int, Parameter(ge=1, le=100_000)] = 1000,
) -> Response[bytes]:
    """The filters of the list; at most as many rows as the city's people.json allows."""
    filters = Filters(
        status=status,
        is_open=is_open,
        unit=actor.unit or unit,
        division_code=division_code,
        type=type,
        created_from=created_from,
        created_to=created_to,
        peer=actor.home,
        within=actor.division,
    )
    orders = await _read(pool, store, filters, actor, min(limit, people.policy.export_rows))
    export_id, now = new_id(), clock.now()
    data = await asyncio.to_thread(workbook_of, orders, actor.id, now, export_id, people.centre)
    asked = msgspec.json.encode({name: value for name, value in _plain(filters).items() if value is not None}).decode()
    digest = hashlib.sha256(data).digest()
    await pool.execute(SQL.add_export, export_id, now, actor.id, asked, len(orders), digest)
    name = f"orders-{now.astimezone(ZONE):%Y%m%d-%H%M%S}.xlsx"
    return Response(data, media_type=XLSX, headers={"content-disposition": f'attachment; filename="{name}"'})


@get("/api/v1/exports", summary="Who took lists out", tags=["people"], responses=answers(list[Export]))
async def list_exports(
    pool: asyncpg.Pool,
    by: str | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    query, named = (SQL.exports_by, (by,)) if by else (SQL.list_exports, ())
    rows = await pool.fetch(query, *named, before, limit)
    made = [Export(**(dict(row) | {"filters": msgspec.json.decode(row["filters"])})) for row in rows]
    return json_answer(made)


def workbook_of(orders: list[OrderView], viewer: str, now: datetime, export_id: UUID, centre: str) -> bytes:
    mark = f"{viewer} {now.astimezone(ZONE):%F %T} {export_id.hex[-8:]}"
    from openpyxl import Workbook  # a node at rest needs no spreadsheet library
    from openpyxl.styles import Font

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "工单"
    sheet.append([f"{centre} 导出：{mark}；仅供工作使用，不得外传 / for work only"])
    sheet.append(list(HEADS))
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for order in orders:
        sheet.append([""] * len(HEADS))
        for column, text in enumerate((*_cells(order), mark), 1):
            cell = sheet.cell(sheet.max_row, column)
            cell.value, cell.data_type = text, "s"  # never a formula, whatever a caller said
    for place in (sheet.oddHeader.center, sheet.oddFooter.center):
        place.text, place.size = mark.replace("&", "&&"), 9
    sheet.print_title_rows = "1:2"
    book.properties.creator, book.properties.identifier = viewer, str(export_id)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


async def _read(pool: asyncpg.Pool, store: Store, filters: Filters, actor: Actor, limit: int) -> list[OrderView]:
    """A page at a time, by the keyset of the list."""
    found: list[OrderView] = []
    while len(found) < limit:
        ids = await list_ids(pool, filters, min(PAGE, limit - len(found)))
        loaded = await asyncio.gather(*(store.load(order_id) for order_id in ids))
        found += [view(snapshot, actor) for snapshot in loaded if snapshot is not None]
        if len(ids) < PAGE:
            break
        filters = msgspec.structs.replace(filters, before=ids[-1])
    return found


def _cells(order: OrderView) -> tuple[str, ...]:
    taken = order.created_at.astimezone(ZONE)
    return (
        order.number or "", order.status, str(order.type or ""), order.title, order.content, order.division_code or "", order.unit or "",
        "是" if order.urgent else "", order.caller.name, order.caller.phone, order.incident.address, f"{taken:%F %T}",
    )  # fmt: skip


def _plain(filters: Filters) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(filters)
    return plain


HANDLERS = [export, list_exports]
