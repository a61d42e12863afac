"""A centre written from docs/protocol.md alone, in one file and without our code: a police desk that accepts what asks to be accepted.

`wrong` names one way in which it departs from the page. With "" it departs in none.
"""

import asyncio
import base64
import hashlib
import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LIMIT = 262_144
NIL = str(UUID(int=0))
# kind → the fields it must have, and their types
KINDS: dict[str, dict[str, type]] = {
    "transfer.offered.v1": {"transfer_id": str, "urgent": bool, "part": bool, "content": str, "round": int},
    "transfer.accepted.v1": {"transfer_id": str, "number": str},
    "transfer.returned.v1": {"transfer_id": str, "reason": str, "basis": str},
    "transfer.withdrawal_requested.v1": {"transfer_id": str, "reason": str},
    "transfer.withdrawn.v1": {"transfer_id": str},
    "transfer.kept.v1": {"transfer_id": str, "settled_by": str},
    "transfer.recall_requested.v1": {"transfer_id": str, "reason": str},
    "negotiation.opened.v1": {"transfer_id": str, "at": str},
    "negotiation.position_taken.v1": {"transfer_id": str, "owner": str},
    "order.answered.v1": {"number": str, "answer": str},
    "order.evaluated.v1": {"number": str, "at": str},
    "matter.supplemented.v1": {"at": str, "text": str},
    "danger.raised.v1": {"at": str, "text": str},
    "danger.claimed.v1": {"transfer_id": str, "claim": int},
}


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class Refused(Exception):
    pass


class Matter:
    def __init__(self) -> None:
        self.received = 0
        self.sent = 0
        self.open: str | None = None
        self.transfer: str | None = None
        self.ours = False
        self.claim = 0
        self.negotiated = False
        self.exists = False


class Foreign:
    def __init__(self, code: str, peer: str, peer_url: str, *, peer_key: Ed25519PublicKey, wrong: str = "") -> None:
        self.code, self.peer, self.peer_url, self.peer_key, self.wrong = code, peer, peer_url, peer_key, wrong
        self.key = Ed25519PrivateKey.generate()
        self.matters: dict[str, Matter] = defaultdict(Matter)
        self.memory: dict[str, tuple[str, dict[str, Any]]] = {}
        self.queues: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.tasks: set[asyncio.Task[None]] = set()
        self.client = httpx.AsyncClient(trust_env=False)

    # ---- HTTP

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        status, answer = await self._answer(scope["path"], scope["query_string"].decode(), body)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})  # fmt: skip
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    async def _answer(self, path: str, query: str, body: bytes) -> tuple[int, Any]:
        if self.wrong == "slow":
            await asyncio.sleep(2)
        if path.endswith("/about"):
            nonce = dict(pair.split("=") for pair in query.split("&"))["nonce"]
            if self.wrong == "old nonce":
                nonce = "0123456789"
            told = {"centre": self.code, "nonce": nonce, "at": _now(), "protocol": 1, "kinds": sorted(KINDS)}
            return 200, {"message": self._seal(self._envelope(NIL, 1, "about.told.v1", told))}
        try:
            messages = json.loads(body)["messages"]
            assert 1 <= len(messages) <= 500
            assert all(isinstance(text, str) for text in messages)
        except (ValueError, KeyError, TypeError, AssertionError):
            return (200, []) if self.wrong == "anything is a batch" else (400, {})
        if path.endswith("/views"):
            return self._views(messages[0])
        return self._take(messages)

    def _views(self, text: str) -> tuple[int, Any]:
        try:
            asked = self._open(text)[0]["body"]
        except Refused as error:
            return (200, []) if self.wrong == "views for anybody" else (401, {"code": str(error)})
        return 200, [
            {
                "matter_id": matter_id,
                "status": "offered",
                "number": None,
                "responsible": m.ours or self.wrong == "responsible before it accepted",
                "open": True,
                "transfer_id": m.transfer,
                "direction": "in",
                "transfer_status": "offered" if m.open else "accepted",
                "part": False,
                "sent": m.sent,
                "received": m.received + (self.wrong == "miscounts"),
            }
            for matter_id, m in self.matters.items()
            if matter_id in asked.get("matters", ())
        ]

    def _take(self, messages: list[str]) -> tuple[int, Any]:
        receipts: list[dict[str, Any]] = [{} for _ in messages]
        opened = []
        for place, text in enumerate(messages):
            try:
                opened.append((place, *self._open(text)))
            except Refused as error:
                receipts[place] = {"id": None, "status": "refused", "code": str(error)}
                if self.wrong == "one bad message spoils the batch":
                    return 422, {}
        if self.wrong != "does not sort":
            opened.sort(key=lambda one: one[1]["seq"])
        for place, envelope, digest in opened:
            if envelope["kind"] not in KINDS and self.wrong == "500 for unknown kinds":
                return 500, {}
            receipts[place] = {"id": envelope["id"], **self._one(envelope, digest)}
        if self.wrong == "receipts by number":
            receipts = [receipts[place] for place, *_ in opened] + [r for r in receipts if r["id"] is None]
        if self.wrong == "status ok":
            receipts = [r | {"status": "ok"} for r in receipts]
        return 200, receipts[:1] if self.wrong == "one receipt for all" else receipts

    # ---- seal

    def _open(self, text: str) -> tuple[dict[str, Any], str]:
        if len(text) > LIMIT and self.wrong != "no limit":
            raise Refused("too_large")
        try:
            head, payload, signature = text.split(".")
            header, raw, signed = json.loads(_unb64(head)), _unb64(payload), _unb64(signature)
        except ValueError as error:
            raise Refused("message_malformed") from error
        if header["alg"] != "EdDSA" and self.wrong != "any alg":
            raise Refused("signature_invalid")
        if header["kid"] != f"{self.peer}-1" and self.wrong != "any kid":
            raise Refused("sender_unknown")
        try:
            self.peer_key.verify(signed, f"{head}.{payload}".encode())
        except InvalidSignature as error:
            if self.wrong not in {"any signature", "any alg"}:
                self._rejected(raw)
                raise Refused("signature_invalid") from error
        try:
            envelope = json.loads(raw)
            UUID(envelope["id"]), UUID(envelope["matter_id"])
            assert datetime.fromisoformat(envelope["sent_at"]).tzinfo
            assert isinstance(envelope["seq"], int)
            assert envelope["seq"] >= 1
            assert envelope["kind"].islower()
        except (ValueError, KeyError, TypeError, AssertionError) as error:
            raise Refused("message_malformed") from error
        if envelope["sender"] != self.peer:
            raise Refused("sender_unknown")
        if envelope["receiver"] != self.code and self.wrong != "takes what is for others":
            raise Refused("receiver_wrong")
        return envelope, hashlib.sha256(raw).hexdigest()

    def _rejected(self, raw: bytes) -> None:
        if self.wrong == "a rejected message uses its number up":
            self.matters[json.loads(raw)["matter_id"]].received += 1

    # ---- order and idempotency

    def _one(self, envelope: dict[str, Any], digest: str) -> dict[str, Any]:
        m, wrong = self.matters[envelope["matter_id"]], self.wrong
        if envelope["id"] in self.memory and wrong != "forgets":
            before, receipt = self.memory[envelope["id"]]
            if before != digest:
                if wrong != "does not compare":
                    return {"status": "refused", "code": "message_reused"}
            elif wrong == "answers a repeat" and m.ours:
                self._say(envelope, "transfer.accepted.v1", transfer_id=m.transfer, number="P-1", accepted_at=_now())
            return receipt
        if envelope["seq"] > m.received + 1 and wrong != "takes what overtakes":
            return {"status": "retry", "code": "out_of_order"}
        if envelope["seq"] <= m.received and wrong != "takes a number twice":
            return {"status": "refused", "code": "message_reused"}
        known = wrong == "knows any matter" or m.exists or envelope["kind"] == "transfer.offered.v1"
        fields = KINDS.get(envelope["kind"])
        if fields is None:
            receipt = {"status": "refused", "code": "unknown_kind"} if wrong == "refuses unknown kinds" else {"status": "parked"}  # fmt: skip
        elif not known:
            return {"status": "refused", "code": "unknown_matter"}
        elif not self._fits(fields, envelope):
            receipt = {"status": "refused", "code": "message_malformed"}
            if wrong == "a refused body holds the matter":
                return receipt
        else:
            m.exists = True
            self._carry_out(m, envelope)
            receipt = {"status": "handled"}
        m.received = max(m.received, envelope["seq"])
        self.memory[envelope["id"]] = (digest, receipt)
        return receipt

    def _fits(self, fields: dict[str, type], envelope: dict[str, Any]) -> bool:
        body = envelope["body"]
        if self.wrong == "no unknown fields" and "colour" in body:
            return False
        if self.wrong == "reads no bodies":
            return True
        fits = all(isinstance(body.get(name), type_) for name, type_ in fields.items())
        zoned = "at" not in body or self.wrong == "no zones" or datetime.fromisoformat(body["at"]).tzinfo
        return bool(fits and zoned)

    # ---- what messages do

    def _carry_out(self, m: Matter, envelope: dict[str, Any]) -> None:
        body, kind, wrong = envelope["body"], envelope["kind"], self.wrong
        if kind == "transfer.offered.v1":
            self._offered(m, envelope)
        elif kind == "transfer.withdrawal_requested.v1" and (m.open or (m.ours and wrong == "agrees too late")):
            if wrong != "silent on withdrawals":
                self._say(envelope, "transfer.withdrawn.v1", transfer_id=body["transfer_id"])
            m.open, m.ours = None, False
        elif kind == "transfer.kept.v1" and m.open and wrong != "silent on keeping":
            m.open = None
            self._say(envelope, "transfer.withdrawn.v1", transfer_id=body["transfer_id"])
        elif kind == "transfer.recall_requested.v1" and wrong != "silent on recall":
            self._recalled(m, envelope)
        elif kind == "danger.raised.v1" and m.open and wrong != "danger waits":
            m.claim += 1
            claimed = {"transfer_id": m.open, "number": "P-1", "at": _now(), "text": "x", "claim": m.claim}
            self._say(envelope, "danger.claimed.v1", **claimed)
            m.open, m.ours = None, True
        elif kind == "negotiation.position_taken.v1" and body.get("ruling") and m.open:
            self._accept(m, envelope, m.open, settled_by="arbitration")

    def _offered(self, m: Matter, envelope: dict[str, Any]) -> None:
        body, wrong = envelope["body"], self.wrong
        given = body["transfer_id"]
        if body["urgent"] and wrong != "urgent waits":
            if wrong == "refuses urgent":
                self._return(envelope, given, "not_our_duty")
                return
            m.claim = max(m.claim, body.get("claim", 0)) + (wrong != "does not count claims")
            self._accept(m, envelope, given)
        elif body.get("claim", 0) < m.claim and wrong == "takes void offers":
            self._accept(m, envelope, given)
        elif body.get("claim", 0) < m.claim:
            self._return(envelope, given, "other")
        elif m.ours and wrong != "accepts twice":
            self._return(envelope, given, "duplicate" if wrong != "gives no typed reason" else "whatever")
        elif (
            "please accept" in body["content"] or (m.ours and wrong == "accepts twice") or wrong == "takes void offers"
        ):
            self._accept(m, envelope, given)
            if "finish" in body["content"] and wrong != "gives no result":
                number = "P-2" if wrong == "another number" else "P-1"
                self._say(envelope, "order.answered.v1", number=number, status="fed_back", at=_now(), answer="已处置")
        else:
            m.open = m.transfer = given

    def _accept(self, m: Matter, envelope: dict[str, Any], given: str, **more: Any) -> None:
        m.ours, m.open, m.transfer = True, None, given
        named = str(uuid4()) if self.wrong == "names another transfer" else given
        number = 7 if self.wrong == "bodies of another form" else "P-1"
        body = {"transfer_id": named, "number": number, "accepted_at": _now(), "claim": m.claim}
        self._say(envelope, "transfer.accepted.v1", **body, **more)

    def _return(self, envelope: dict[str, Any], given: str, reason: str) -> None:
        self._say(envelope, "transfer.returned.v1", transfer_id=given, reason=reason, basis="P0101")

    def _recalled(self, m: Matter, envelope: dict[str, Any]) -> None:
        given = envelope["body"]["transfer_id"]
        if not m.ours:
            self._say(envelope, "transfer.recall_refused.v1", transfer_id=given, reason="已答复")
            return
        offered = {"transfer_id": str(uuid4()), "urgent": False, "part": False, "first_receiver": self.peer, "round": 1}
        offered |= {"sender_number": "P-1", "content": "x", "created_at": _now()}
        binding = {} if self.wrong == "hands back without binding" else {"binding": "recall"}
        self._say(envelope, "transfer.offered.v1", **offered, **binding)

    # ---- sending

    def _say(self, about: dict[str, Any], kind: str, **body: Any) -> None:
        matter_id = about["matter_id"]
        m = self.matters[matter_id]
        m.sent = 1 if self.wrong == "always number 1" else m.sent + 1
        self.queues[matter_id].append(self._envelope(matter_id, m.sent, kind, body))
        if len(self.queues[matter_id]) == 1:
            task = asyncio.create_task(self._send(matter_id))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _send(self, matter_id: str) -> None:
        queue, wait = self.queues[matter_id], 0.05
        while queue:
            text = self._seal(queue[0])
            answer = await self.client.post(f"{self.peer_url}/exchange/v1/messages", json={"messages": [text]})
            settled = answer.status_code == 200 and answer.json()[0]["status"] != "retry"
            if settled or self.wrong == "sends once":
                queue.pop(0)
            else:
                await asyncio.sleep(wait)
                if self.wrong == "seals anew":
                    queue[0] = queue[0] | {"sent_at": _now()}

    def _envelope(self, matter_id: str, seq: int, kind: str, body: Any) -> dict[str, Any]:
        given = {"id": str(uuid4()), "kind": kind, "sender": self.code, "receiver": self.peer}
        return given | {"matter_id": matter_id, "seq": seq, "sent_at": _now(), "body": body}

    def _seal(self, envelope: dict[str, Any]) -> str:
        kid = "mine" if self.wrong == "signs with a key of its own" and envelope["matter_id"] != NIL else f"{self.code}-1"  # fmt: skip
        signed = f"{_b64(json.dumps({'alg': 'EdDSA', 'kid': kid}).encode())}.{_b64(json.dumps(envelope).encode())}"
        return f"{signed}.{_b64(self.key.sign(signed.encode()))}"

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await self.client.aclose()
