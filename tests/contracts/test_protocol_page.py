"""docs/protocol.md and the documents beside it say what the code and the vectors say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from vectors import STORIES

from liandong.conformance.run import chosen
from liandong.exchange.contracts import MESSAGES
from liandong.linkage.spoken import INSTEAD
from liandong.protocol_pages import TITLES, asyncapi, identifier

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "protocol.md").read_text(encoding="utf-8")


def test_every_kind_stands_on_the_page_and_has_its_chinese_name() -> None:
    assert [kind for kind in MESSAGES if f"`{kind}`" not in PAGE] == []
    assert set(TITLES) == set(MESSAGES)


def test_every_clause_that_the_kit_names_is_on_the_page() -> None:
    for check in chosen([]):
        section, _, rule = check.clause.partition(".")
        text = re.search(rf"^## {section}\. .*?(?=^## |\Z)", PAGE, re.M | re.S)
        assert text, check
        assert not rule or re.search(rf"^{rule}\. \*\*", text.group(0), re.M), check


def test_the_table_of_contents_leads_to_every_section() -> None:
    sections = re.findall(r"^## (\d+)\. (.+)$", PAGE, re.M)
    assert [int(number) for number, _ in sections] == list(range(1, 21))
    for number, title in sections:
        assert f"(#{number}-{title.lower().replace(' ', '-')})" in PAGE


def test_the_table_of_fall_backs_names_every_kind_that_has_one() -> None:
    table = PAGE[PAGE.index("| Meant | To a peer") : PAGE.index("A peer that was never heard of counts")]
    named = re.findall(r"`([a-z_.…0-9]+)`", table)
    for kind in INSTEAD:
        family = kind.split(".")[0]
        assert kind in named or f"{family}.…" in named, kind


def test_each_conversation_has_its_diagram_with_just_its_messages() -> None:
    """Where the diagram has no alternatives."""
    for name in sorted(STORIES):
        vector = json.loads((DOCS / "protocol" / "vectors" / f"{name}.json").read_text(encoding="utf-8"))
        assert f"`{name}`" in PAGE, name
        if name.startswith("negotiation"):
            continue
        drawn = re.search(rf"\(`{name}`\).*?```mermaid\n(.*?)```", PAGE, re.S)
        assert drawn, name
        kinds = re.findall(r"->>\w+: ([a-z_.]+)", drawn.group(1))
        said: list[str] = []
        for message in vector["messages"]:
            kind = message["kind"].removesuffix(".v1")
            if not (said and kind == said[-1] == "order.progressed"):
                said.append(kind)
        assert kinds == said, name


def _refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*([value["$ref"]] if "$ref" in value else []), *(r for part in value.values() for r in _refs(part))]
    return [r for part in value for r in _refs(part)] if isinstance(value, list) else []


def test_the_asyncapi_document_names_every_kind_and_every_reference_leads_somewhere() -> None:
    document = json.loads((DOCS / "protocol" / "asyncapi.json").read_text(encoding="utf-8"))
    assert document == json.loads(json.dumps(asyncapi()))
    assert set(document["channels"]["messages"]["messages"]) == {identifier(kind) for kind in MESSAGES}
    for ref in _refs(document):
        file, _, pointer = ref.partition("#")
        target = json.loads((DOCS / "protocol" / file).read_text(encoding="utf-8")) if file else document
        for step in pointer.strip("/").split("/") if pointer else ():
            target = target[step]


def test_the_asyncapi_document_is_valid(shared_folder: Path) -> None:
    """Against the meta-schema, where it lies beside the project and a validator is installed."""
    jsonschema = pytest.importorskip(
        "jsonschema", reason="no jsonschema installed: the AsyncAPI meta-schema is not checked"
    )
    found = shared_folder / "standards" / "asyncapi" / "3.0.0.json"
    if not found.exists():
        pytest.skip(f"no {found}: the AsyncAPI meta-schema is not checked")
    jsonschema.validate(asyncapi(), json.loads(found.read_text(encoding="utf-8")))
