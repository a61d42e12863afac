"""The built console at `/`: files as they were built, and the first page for every address that is a place of the console.

The files are read once. Names under `assets/` carry a digest, so they never change; everything else is asked for again each time.
"""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from msgspec import Struct

from liandong.core.errors import AppError

FOLDER = Path(__file__).parent / "static"
INDEX = "index.html"
FOREVER, EACH_TIME = "public, max-age=31536000, immutable", "no-cache"
PACKED = (("br", ".br"), ("gzip", ".gz"))
SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:{tiles}; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>联动</title>
<body style="font:16px/1.7 system-ui;max-width:36em;margin:4em auto;padding:0 1em">
<h1>工作台还没有构建</h1><p>接口照常工作，文档在 <a href="/schema">/schema</a>。构建工作台：<code>make console</code>（需要 npm 软件源）。</p>
<p lang="en">The console has not been built. The API works; build the console with <code>make console</code>.</p></body></html>"""


class File(Struct, frozen=True):
    """`bodies`: by content encoding, "" for the bytes as they are."""

    bodies: dict[str, bytes]
    media_type: str
    etag: str
    caching: str


def read_file(folder: Path, name: str) -> File | None:
    """None: no such file, or one outside the folder."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file() or path.suffix in (".br", ".gz"):
        return None
    plain = path.read_bytes()
    bodies = {"": plain}
    for encoding, ending in PACKED:
        packed = path.with_name(path.name + ending)
        if packed.is_file():
            bodies[encoding] = packed.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    media_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    etag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
    return File(bodies, media_type, etag, FOREVER if name.startswith("assets/") else EACH_TIME)


@cache
def _kept(name: str) -> File | None:
    return read_file(FOLDER, name)


@cache
def safe(tiles: tuple[str, ...] = ()) -> dict[str, str]:
    """Nothing is loaded from elsewhere, but pictures from where the city's map tiles come from."""
    return SAFE | {"content-security-policy": POLICY.format(tiles="".join(f" {one}" for one in tiles))}


def answer(file: File, accepted: str, known: str, tiles: tuple[str, ...] = ()) -> Response[bytes]:
    """`accepted`, `known`: the request's Accept-Encoding and If-None-Match. `tiles`: where map tiles come from."""
    headers = {"etag": file.etag, "cache-control": file.caching, "vary": "accept-encoding", **safe(tiles)}
    if file.etag in known:
        return Response(b"", status_code=304, headers=headers)
    offered = {
        part.partition(";")[0].strip() for part in accepted.split(",") if not part.replace(" ", "").endswith(";q=0")
    }
    encoding = next((name for name, _ in PACKED if name in offered and name in file.bodies), "")
    if encoding:
        headers["content-encoding"] = encoding
    return Response(file.bodies[encoding], media_type=file.media_type, headers=headers)


@get(["/", "/{path:path}"], include_in_schema=False)
async def console(request: Request[Any, Any, Any], path: str = "") -> Response[bytes]:
    """A file of the console, or its first page. What is no page stays what it is: not found."""
    name = path.lstrip("/")
    file = _kept(name) if name else None
    wants_page = "text/html" in request.headers.get("accept", "") or not name
    if file is None and (not wants_page or name.split("/")[0] in {"api", "exchange", "schema"}):
        raise AppError("not_found", "没有这个地址")
    file = file or _kept(INDEX)
    if file is None:
        _kept.cache_clear()  # it may be built while the node runs
        return Response(NOT_BUILT.encode(), media_type="text/html; charset=utf-8", headers=safe())
    tiles = request.app.state.node.settings.map_tiles.origins
    return answer(file, request.headers.get("accept-encoding", ""), request.headers.get("if-none-match", ""), tiles)


HANDLERS = [console]
