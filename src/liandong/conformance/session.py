"""The kit as a centre: it seals, hands in, waits, and says what it expected and what came instead."""

import asyncio
import base64
import contextlib
import json
import time
from typing import Any
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from liandong.conformance.listener import Came, Listener
from liandong.conformance.model import Failed, NotReached, Step
from liandong.core.clock import Clock
from liandong.core.ids import new_id

ANSWER_WITHIN = 20.0  # seconds for a batch (docs/protocol.md, 4)
SOON = 10.0  # seconds for an answer that waits for nobody
AGAIN = 30.0  # seconds in which what was not taken comes again
QUIET = 1.5  # seconds in which nothing more may come
ASKS = {
    "accept": "请接收 please accept",
    "finish": "请接收并办结 please accept and finish",
    "leave": "请不要处理 please leave it as it is",
}


class Us(Struct, frozen=True):
    """Who the kit is and whom it tests. `police`, `acts`: who there or here is the police desk, or takes danger at once."""

    centre: str
    peer: str
    kid: str
    key: Ed25519PrivateKey
    here_police: bool
    there_police: bool
    there_acts: bool


class Sealed(Struct, frozen=True):
    id: UUID | None
    seq: int
    text: str
    said: Any


class Matter:
    """One invented matter. `transfer_id` is that of its newest offer."""

    def __init__(self) -> None:
        self.id = new_id()
        self.transfer_id = new_id()
        self.seq = 0
        self.open = False


class Session:
    def __init__(
        self,
        us: Us,
        url: str,
        client: httpx.AsyncClient,
        *,
        listener: Listener,
        clock: Clock,
        within: float,
        desk: bool,
    ) -> None:
        self.us = us
        self.url = url.rstrip("/")
        self.client = client
        self.listener = listener
        self.clock = clock
        self.within = within
        self.desk = desk
        self.steps: list[Step] = []
        self.matters: list[Matter] = []
        self.number = f"TEST-{us.centre}-1"

    def now(self) -> str:
        return self.clock.now().isoformat().replace("+00:00", "Z")

    def matter(self) -> Matter:
        self.matters.append(Matter())
        return self.matters[-1]

    # ---- what is said

    def message(self, matter: Matter, kind: str, body: Any, *, seq: int | None = None, **envelope: Any) -> Sealed:
        """The next message of the matter, unless a number is given; more fields of the envelope as they are."""
        if seq is None:
            matter.seq += 1
        said = {
            "id": str(new_id()),
            "kind": kind,
            "sender": self.us.centre,
            "receiver": self.us.peer,
            "matter_id": str(matter.id),
            "seq": matter.seq if seq is None else seq,
            "sent_at": self.now(),
            "exercise": "test",
            "body": body,
        } | envelope
        return Sealed(UUID(said["id"]), said["seq"], self.seal(json.dumps(said, ensure_ascii=False).encode()), said)

    def seal(self, payload: bytes, **header: Any) -> str:
        """`header` replaces fields of the right one."""
        head = json.dumps({"alg": "EdDSA", "kid": self.us.kid} | header).encode()
        signed = f"{b64(head)}.{b64(payload)}"
        return f"{signed}.{b64(self.us.key.sign(signed.encode()))}"

    def offer(self, matter: Matter, ask: str = "leave", **more: Any) -> Sealed:
        """The matter is offered; `ask` is what the desk at the other side is asked to do with it."""
        matter.transfer_id, matter.open = new_id(), True
        here = {"centre": self.us.centre, "number": self.number, "at": self.now()}
        body = {
            "transfer_id": str(matter.transfer_id),
            "urgent": False,
            "part": False,
            "first_receiver": self.us.centre,
            "sender_number": self.number,
            "round": 1,
            "content": f"【符合性测试】{ASKS[ask]}",
            "created_at": self.now(),
            "path": [here],
        }
        return self.message(matter, "transfer.offered.v1", body | more)

    def about_offer(self, matter: Matter, kind: str, **body: Any) -> Sealed:
        """A message that names the matter's newest offer."""
        return self.message(matter, kind, {"transfer_id": str(matter.transfer_id)} | body)

    def supplement(self, matter: Matter, text: str = "来电人补充", **more: Any) -> Sealed:
        return self.message(matter, "matter.supplemented.v1", {"at": self.now(), "text": text}, **more)

    # ---- handing in

    async def post(self, path: str, body: Any) -> httpx.Response:
        """Raises Failed when no whole answer comes in time."""
        started = time.perf_counter()
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                answer = await self.client.post(
                    f"{self.url}{path}", content=content, headers={"content-type": "application/json"}
                )
        except TimeoutError as error:
            raise Failed(f"{ANSWER_WITHIN:.0f} 秒内没有完整应答（no whole answer in time）") from error
        except httpx.HTTPError as error:
            raise Failed(f"没有应答（no answer）：{type(error).__name__} {error}") from error
        took = f"{time.perf_counter() - started:.2f} s"
        self.note("answered", {"status": answer.status_code, "took": took, "body": _short(answer.text)})
        return answer

    async def hand_in(self, *sealed: Sealed | str) -> list[dict[str, Any]]:
        """The receipts, one for each message. Raises Failed when the answer is not that."""
        for one in sealed[:5]:
            self.note("sent", one.said if isinstance(one, Sealed) else _short(one))
        texts = [one.text if isinstance(one, Sealed) else one for one in sealed]
        answer = await self.post("/exchange/v1/messages", {"messages": texts})
        if answer.status_code != 200:
            raise Failed(f"应答应为 200，实为 {answer.status_code}（the status must be 200）")
        try:
            receipts = answer.json()
        except ValueError as error:
            raise Failed("应答不是 JSON（the answer is not JSON）") from error
        if not isinstance(receipts, list) or not all(isinstance(one, dict) for one in receipts):
            raise Failed("应答不是回执的数组（the answer is not an array of receipts）")
        if len(receipts) != len(sealed):
            raise Failed(f"{len(sealed)} 条消息得到 {len(receipts)} 条回执（not one receipt for each message）")
        for one, receipt in zip(sealed, receipts, strict=True):
            _same(one, receipt)
        return receipts

    async def expect(self, *pairs: tuple[Sealed | str, str]) -> list[dict[str, Any]]:
        """Hands in and compares: `handled`, `refused signature_invalid`; `a | b` where either is right."""
        receipts = await self.hand_in(*(sealed for sealed, _ in pairs))
        for place, ((_, wanted), receipt) in enumerate(zip(pairs, receipts, strict=True), start=1):
            got = f"{receipt.get('status')} {receipt.get('code', '')}".strip()
            if not any(got == one or got.split()[0] == one for one in wanted.split(" | ")):
                raise Failed(f"第{place}条应为 {wanted}，实为 {got}（message {place}: {wanted} expected, {got} came）")
        return receipts

    # ---- waiting

    async def answer(self, matter: Matter, *kinds: str, within: float, after: int = 0) -> Came:
        """Raises NotReached when nothing comes."""
        came = await self.listener.wait(matter.id, kinds, within, after=after)
        if came is None:
            others = [envelope.kind for envelope in self.listener.of(matter.id)]
            raise NotReached(
                f"{within:.0f} 秒内没有等到 {'、'.join(kinds)}（did not come in time）"
                + (f"；来的是 {'、'.join(others)}（came instead）" if others else "")
            )
        self.note("came", {"kind": came.envelope.kind, "seq": came.envelope.seq, "body": came.envelope.body})
        matter.open = False
        return came

    async def must_answer(self, matter: Matter, *kinds: str, within: float = 0, after: int = 0) -> Came:
        """For what waits for nobody: silence is a failure. `within`: SOON unless said."""
        try:
            return await self.answer(matter, *kinds, within=within or SOON, after=after)
        except NotReached as error:
            raise Failed(str(error)) from error

    async def by_desk(self, matter: Matter, *kinds: str, after: int = 0) -> Came:
        """For what a person there, or an automatic acceptance, must do."""
        if self.desk:
            return await self.must_answer(matter, *kinds, within=self.within, after=after)
        return await self.answer(matter, *kinds, within=self.within, after=after)

    async def accepted(self, matter: Matter, **more: Any) -> Came:
        """An ordinary offer that the desk there accepts."""
        await self.expect((self.offer(matter, "accept", **more), "handled"))
        came = await self.by_desk(matter, "transfer.accepted.v1", "transfer.returned.v1")
        if came.envelope.kind != "transfer.accepted.v1":
            raise NotReached("对方退回了（it was returned）")
        return came

    async def quiet(self) -> None:
        await asyncio.sleep(QUIET)

    async def tidy(self) -> None:
        """Offers that nobody answered are asked back, so that no desk keeps looking at them."""
        for matter in self.matters:
            if matter.open:
                with contextlib.suppress(Failed):
                    await self.hand_in(self.about_offer(matter, "transfer.withdrawal_requested.v1", reason="测试结束"))

    def note(self, way: str, what: Any) -> None:
        self.steps.append(Step(self.clock.now(), way, what))


def spoken(receipts: list[dict[str, Any]]) -> None:
    """Raises NotReached when the other side parked one of these messages."""
    if any(receipt.get("status") == "parked" for receipt in receipts):
        raise NotReached("对方不认识这种消息（the other side does not speak this kind）")


def _same(sealed: Sealed | str, receipt: dict[str, Any]) -> None:
    if receipt.get("status") not in {"handled", "parked", "refused", "retry"}:
        raise Failed(f"回执的 status 是 {receipt.get('status')!r}（a status that section 5 does not name）")
    unopened = receipt.get("id") is None and receipt["status"] == "refused"
    if isinstance(sealed, Sealed) and not unopened and receipt.get("id") != str(sealed.id):
        raise Failed(f"这条回执是 {receipt.get('id')} 的，应为 {sealed.id}（a receipt for another message）")


def _short(text: str) -> str:
    return text if len(text) <= 2000 else f"{text[:2000]}… ({len(text)})"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
