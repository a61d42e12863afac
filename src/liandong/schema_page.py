"""/schema: the interface for people to read, drawn from the OpenAPI document by the node itself.

No script and nothing from elsewhere: it reads the same without internet and under the strictest content security policy.
The document itself is at /schema/openapi.json, for whoever has a tool of their own.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

METHODS = ("get", "post", "put", "delete")
STYLE = """
body{font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:62rem;padding:1rem;color:#1f2733}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}nav a{margin-right:.8rem;white-space:nowrap}
details{border:1px solid #d9dee6;border-radius:8px;margin:.35rem 0;padding:.45rem .8rem}summary{cursor:pointer;overflow-wrap:anywhere}
code,.m{font-family:ui-monospace,monospace}.m{display:inline-block;min-width:4rem;font-weight:700}.s{color:#566173}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{border-bottom:1px solid #d9dee6;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
a{color:#0958d9}
@media(prefers-color-scheme:dark){body{background:#12161d;color:#e7ebf1}details,th,td{border-color:#343d4b}.s{color:#a3afc0}a{color:#86b7ff}}
"""
HOW = (
    "请求带 <code>Authorization: Bearer 访问密钥</code>；有误时按 RFC 9457 说明是什么、为什么、怎么办。机器可读的全文：",
    "Requests carry <code>Authorization: Bearer KEY</code>; refusals are problems by RFC 9457. The whole for machines: ",
)
SOURCES = '<a href="/schema/openapi.json">openapi.json</a> · <a href="/schema/openapi.yaml">openapi.yaml</a>'


class SchemaPage(OpenAPIRenderPlugin):
    """Renders once; the document does not change while the node runs."""

    def __init__(self) -> None:
        super().__init__(path="/")
        self._page = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        self._page = self._page or page_of(openapi_schema).encode()
        return self._page


def page_of(document: dict[str, Any]) -> str:
    """The whole page: operations by tag, what they take and give, then every schema that they name."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                tag = (operation.get("tags") or ["other"])[0]
                by_tag.setdefault(tag, []).append(_operation(method, path, operation))
    title = f"{document['info']['title']} {document['info']['version']}"
    parts = ['<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">']
    parts.append('<meta name="viewport" content="width=device-width,initial-scale=1">')
    parts.append(
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)} 接口 / API</h1>"
    )
    parts.append(f'<p>{HOW[0]}{SOURCES}</p><p lang="en" class="s">{HOW[1]}{SOURCES}</p>')
    parts.append("<nav>" + "".join(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in sorted(by_tag)) + "</nav>")
    for tag in sorted(by_tag):
        parts.append(f'<h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(by_tag[tag])}')
    parts.append('<h2 id="schemas">数据结构 / schemas</h2>')
    parts += [_schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items())]
    return "".join([*parts, "</body></html>"])


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    head = f'<span class="m">{method.upper()}</span> <code>{escape(path)}</code> <span class="s">{escape(operation.get("summary", ""))}</span>'
    parts = [f"<details><summary>{head}</summary>"]
    if operation.get("description"):
        parts.append(f"<p>{escape(operation['description'])}</p>")
    if given := operation.get("parameters"):
        rows = "".join(_row(one["name"], one["in"], bool(one.get("required")), one.get("schema", {})) for one in given)
        parts.append(f"<table>{rows}</table>")
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<p>请求 / request <code>{escape(kind)}</code>：{_shape(media.get('schema', {}))}</p>")
    parts.append("<ul>" + "".join(_responses(operation)) + "</ul></details>")
    return "".join(parts)


def _responses(operation: dict[str, Any]) -> Iterator[str]:
    for status, answer in operation.get("responses", {}).items():
        shapes = "，".join(_shape(media.get("schema", {})) for media in answer.get("content", {}).values())
        yield f"<li>{escape(status)} <span class='s'>{escape(answer.get('description', ''))}</span> {shapes}</li>"


def _schema(name: str, schema: dict[str, Any]) -> str:
    needed = set(schema.get("required", ()))
    rows = "".join(_row(field, "", field in needed, one) for field, one in schema.get("properties", {}).items())
    body = f"<table>{rows}</table>" if rows else f"<p>{_shape(schema)}</p>"
    said = f"<p>{escape(schema['description'])}</p>" if schema.get("description") else ""
    return f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>{said}{body}</details>'


def _row(name: str, place: str, needed: bool, schema: dict[str, Any]) -> str:
    star = " *" if needed else ""
    return f"<tr><td><code>{escape(name)}{star}</code></td><td class='s'>{place}</td><td>{_shape(schema)}</td></tr>"


def _shape(schema: dict[str, Any]) -> str:
    """A schema in a few words; a named one as a link to it."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    several = schema.get("oneOf") or schema.get("anyOf")
    if several:
        return " | ".join(_shape(one) for one in several)
    if schema.get("enum"):
        return " | ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    if schema.get("type") == "array":
        return f"[{_shape(schema.get('items', {}))}]"
    kind = schema.get("type", "any")
    words = [" | ".join(kind) if isinstance(kind, list) else str(kind)]
    words += [
        f"{name} {schema[name]}"
        for name in ("format", "pattern", "minimum", "maximum", "minLength", "maxLength")
        if name in schema
    ]
    return escape("，".join(words))
