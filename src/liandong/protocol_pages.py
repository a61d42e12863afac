"""The documents of the exchange protocol that come from the message Structs: the list of messages and the AsyncAPI document."""

from typing import Any

import msgspec

from liandong import __version__
from liandong.exchange.contracts import MESSAGES, Body

ABOUT = "docs/protocol.md"
# kind → its name in Chinese
TITLES = {
    "transfer.offered.v1": "转交",
    "transfer.accepted.v1": "接收",
    "transfer.returned.v1": "退回",
    "transfer.withdrawal_requested.v1": "请求撤回",
    "transfer.withdrawn.v1": "同意撤回",
    "transfer.kept.v1": "保留自办",
    "transfer.recall_requested.v1": "请求撤回误转",
    "transfer.recall_refused.v1": "不同意撤回误转",
    "negotiation.opened.v1": "提请协商",
    "negotiation.position_taken.v1": "表明立场、裁定",
    "call.opened.v1": "三方通话",
    "call.joined.v1": "加入三方通话",
    "call.ended.v1": "结束三方通话",
    "danger.raised.v1": "报险情",
    "danger.claimed.v1": "险情接管",
    "joint.ended.v1": "结束共同处置",
    "order.progressed.v1": "办理进展",
    "order.answered.v1": "结果反馈",
    "order.evaluated.v1": "回访评价",
    "order.urged.v1": "催办",
    "supervision.opened.v1": "督办",
    "supervision.replied.v1": "回复督办",
    "supervision.judged.v1": "督办核定",
    "matter.supplemented.v1": "补充",
    "matter.merged.v1": "并单",
    "matter.unmerged.v1": "撤销并单",
    "attachment.added.v1": "附件登记",
    "attachment.settled.v1": "附件未收存",
    "ledger.sealed.v1": "账本日根",
    "ledger.heads.v1": "账本链头",
    "messages.missed.v1": "请求补发",
    "catalogue.proposed.v1": "提请清单版本",
    "catalogue.agreed.v1": "同意清单版本",
    "catalogue.declined.v1": "不同意清单版本",
    "catalogue.withdrawn.v1": "撤回清单版本",
    "card.published.v1": "知识卡片发布",
    "card.withdrawn.v1": "知识卡片撤下",
    "emergency.logged.v1": "应急事件日志",
    "emergency.callers_kept.v1": "应急来电已登记",
}
ADDRESSES = {
    "messages": ("/messages", "Sealed messages in batches; the answer is an array of receipts (clauses 4 and 5)."),
    "views": ("/views", "One sealed question; the answer is how this centre sees the shared matters (clause 10)."),
    "roots": ("/roots", "One sealed question about the ledger (clause 14)."),
    "about": ("/about", "What this centre is and speaks, sealed for the asker (clause 16)."),
    "attachments": ("/attachments/{attachment_id}", "Bytes of files, piece by piece (clause 17)."),
}


def messages_page(note: str) -> str:
    """Every kind with its names, what it says and its fields."""
    lines = [note, "# 消息一览 / Messages", "", "字段类型见各消息的 `*.schema.json`。The types of the fields are in the schema of each kind.", ""]  # fmt: skip
    lines += ["| kind | 中文 | what it says | required | optional |", "|---|---|---|---|---|"]
    for kind, body in sorted(MESSAGES.items()):
        required, optional = fields(body)
        names = [" ".join(f"`{name}`" for name in some) for some in (required, optional)]
        lines.append(
            f"| [`{kind}`]({kind}.schema.json) | {TITLES[kind]} | {summary(kind, body)} | {names[0]} | {names[1]} |"
        )
    return "\n".join([*lines, ""])


def fields(body: type[Body]) -> tuple[list[str], list[str]]:
    """Required and optional fields of a kind."""
    given = msgspec.structs.fields(body)
    return [f.name for f in given if f.required], [f.name for f in given if not f.required]


def summary(kind: str, body: type[Body]) -> str:
    """The first paragraph of what the Struct promises, on one line; the kind's own words where it has none of its own."""
    said = body.__doc__ if "__doc__" in vars(body) else None
    noun, verb, _ = kind.split(".")
    return " ".join((said or f"{noun} {verb.replace('_', ' ')}").split("\n\n")[0].split()).replace("|", "\\|")


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0. Payloads refer to the JSON Schemas beside it; what goes over the line is the payload sealed as clause 3 says."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Liandong exchange 联动交换协议",
            "version": __version__,
            "description": f"How centres hand matters over. The promises, the order and the seal are in {ABOUT}.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "peer": {
                "host": "{host}",
                "pathname": "/exchange/v1",
                "protocol": "https",
                "description": "A centre's exchange address.",
                "variables": {"host": {"default": "localhost:8000"}},
            }
        },
        "channels": _channels(),
        "operations": _operations(),
        "components": {"messages": {identifier(kind): _message(kind, body) for kind, body in MESSAGES.items()} | _receipts()},
    }  # fmt: skip


def identifier(kind: str) -> str:
    """A kind as AsyncAPI allows it in a key."""
    return kind.replace(".", "_")


def _channels() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (address, text) in ADDRESSES.items():
        found[name] = {"address": address, "description": text}
    found["messages"]["messages"] = {
        identifier(kind): {"$ref": f"#/components/messages/{identifier(kind)}"} for kind in MESSAGES
    }
    found["attachments"]["parameters"] = {"attachment_id": {"description": "The id that announced the file."}}
    found["receipts"] = {
        "address": None,
        "description": "The answer to a batch.",
        "messages": {"receipts": {"$ref": "#/components/messages/receipts"}},
    }
    return found


def _operations() -> dict[str, Any]:
    return {
        "handIn": {
            "action": "receive",
            "channel": {"$ref": "#/channels/messages"},
            "summary": "A centre takes what its peers hand in.",
            "bindings": {"http": {"method": "POST"}},
            "reply": {"channel": {"$ref": "#/channels/receipts"}},
        },
        "tell": {
            "action": "send",
            "channel": {"$ref": "#/channels/messages"},
            "summary": "A centre hands in at its peers.",
            "bindings": {"http": {"method": "POST"}},
            "reply": {"channel": {"$ref": "#/channels/receipts"}},
        },
    }


def _message(kind: str, body: type[Body]) -> dict[str, Any]:
    return {
        "name": kind,
        "title": f"{TITLES[kind]} {kind}",
        "summary": summary(kind, body).replace("\\|", "|"),
        "contentType": "application/json",
        "payload": {
            "allOf": [
                {"$ref": "envelope.schema.json"},
                {
                    "type": "object",
                    "properties": {"kind": {"const": kind}, "body": {"$ref": f"{kind}.schema.json"}},
                },
            ]
        },
    }


def _receipts() -> dict[str, Any]:
    status = {"type": "string", "enum": ["handled", "parked", "refused", "retry"]}
    text = {"type": "string"}
    one = {
        "type": "object",
        "required": ["id", "status"],
        "properties": {
            "id": {"type": ["string", "null"], "format": "uuid"},
            "status": status,
            "code": text,
            "text": text,
        },
    }
    said = {
        "name": "receipts",
        "title": "回执 receipts",
        "summary": "One for each message, in the order of the batch.",
        "payload": {"type": "array", "items": one},
    }
    return {"receipts": said}
