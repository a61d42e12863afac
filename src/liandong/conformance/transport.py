"""Checks of the seal, the batch, the receipts and the order (docs/protocol.md, 3 to 6 and 11). They wait for no desk."""

import asyncio
import json
from typing import Any

from liandong.conformance import session
from liandong.conformance.model import Failed, NotReached, check
from liandong.conformance.session import Sealed, Session, b64
from liandong.core.ids import new_id
from liandong.exchange.sealing import MAX_MESSAGE, new_key

UNKNOWN = "weather.changed.v9"
BATCH = 500
WRONG_SEAL = "refused signature_invalid"


@check("offer_handled", "5", "转交得到 handled 回执", "An offer is receipted as handled")
async def offer_handled(s: Session) -> None:
    await s.expect((s.offer(s.matter()), "handled"))


@check("same_again", "6", "同一条消息再来一次，回执相同", "The same message again gets the same receipt")
async def same_again(s: Session) -> None:
    offer = s.offer(s.matter())
    await s.expect((offer, "handled"))
    await s.expect((offer, "handled"))
    await s.expect((offer, "handled"), (offer, "handled"))


@check("copies_at_once", "6", "同一条消息同时来两份，只办一次", "Two copies at the same moment have one effect")
async def copies_at_once(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    text = s.supplement(m)
    both = await asyncio.gather(*(s.hand_in(text) for _ in range(2)))
    bad = [r[0]["status"] for r in both if r[0]["status"] not in {"handled", "retry"}]
    if bad:
        raise Failed(f"应为 handled 或 retry，实为 {bad[0]}（handled or retry expected）")
    await s.expect((text, "handled"))
    await s.expect((s.supplement(m), "handled"))


@check("id_reused", "6", "同一编号换了内容，拒收", "The same id with another payload is refused")
async def id_reused(s: Session) -> None:
    m = s.matter()
    first = s.offer(m)
    await s.expect((first, "handled"))
    other = s.message(m, "matter.supplemented.v1", {"at": s.now(), "text": "x"}, seq=2, id=str(first.id))
    await s.expect((other, "refused message_reused"))


@check("number_reused", "6", "编号已用于另一条消息，拒收", "A number that was another message is refused")
async def number_reused(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    await s.expect((s.supplement(m, seq=1), "refused message_reused"))


@check("overtaking", "6", "后发先至的等前一条", "A message that overtakes another waits for it")
async def overtaking(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    second, third = s.supplement(m, "第二条"), s.supplement(m, "第三条")
    await s.expect((third, "retry out_of_order"))
    await s.expect((second, "handled"))
    await s.expect((third, "handled"))


@check(
    "sorted_in_batch",
    "6",
    "一批之内按编号办理，回执按原次序",
    "A batch is carried out by number, receipted in its own order",
)
async def sorted_in_batch(s: Session) -> None:
    m = s.matter()
    first, second, third = s.offer(m), s.supplement(m, "第二条"), s.supplement(m, "第三条")
    await s.expect((third, "handled"), (first, "handled"), (second, "handled"))


@check("matters_apart", "6", "一个诉求受阻不影响其他诉求", "A matter that waits holds no other back")
async def matters_apart(s: Session) -> None:
    blocked, free = s.matter(), s.matter()
    s.offer(blocked)  # never handed in
    blocked.open = False
    await s.expect((s.supplement(blocked), "retry out_of_order"), (s.offer(free), "handled"))


@check("mixed_batch", "4", "一批之内有坏的，好的照办", "One bad message in a batch spoils no other")
async def mixed_batch(s: Session) -> None:
    one, two = s.offer(s.matter()), s.offer(s.matter())
    await s.expect((one, "handled"), ("no.jws", "refused message_malformed"), (two, "handled"))


@check("big_batch", "4", f"一批 {BATCH} 条，一条一个回执", f"A batch of {BATCH} gets {BATCH} receipts")
async def big_batch(s: Session) -> None:
    offer = s.offer(s.matter())
    await s.expect((offer, "handled"))
    await s.expect(*((offer, "handled") for _ in range(BATCH)))


@check("no_batch", "4", "格式不对的请求得到 400", "A body that is no batch gets 400")
async def no_batch(s: Session) -> None:
    too_many = {"messages": ["a.b.c"] * (BATCH + 1)}
    for body in (b"{", b"[]", b'{"messages": []}', b'{"messages": [1]}', b"\xff\xfe", json.dumps(too_many).encode()):
        answer = await s.post("/exchange/v1/messages", body)
        if answer.status_code != 400:
            raise Failed(f"对 {body[:30]!r} 应为 400，实为 {answer.status_code}（400 expected）")


def _spoilt(text: str) -> str:
    head, payload, signature = text.split(".")
    return f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


async def _still_free(s: Session, first: Sealed, wanted: str, wrong: Sealed | str) -> None:
    """The wrong one is rejected and has used no number up: the right one with this number is handled."""
    receipts = await s.expect((wrong, wanted))
    if receipts[0].get("id") is not None:
        raise Failed("拒收的信封没有打开，回执的 id 应为 null（id must be null where the message was not opened）")
    await s.expect((first, "handled"))


@check("signature_wrong", "3", "签名不对，拒收且不占编号", "A wrong signature is rejected and uses no number up")
async def signature_wrong(s: Session) -> None:
    offer = s.offer(s.matter())
    await _still_free(s, offer, WRONG_SEAL, _spoilt(offer.text))


@check("payload_changed", "3", "内容被改过，拒收", "A changed payload is rejected")
async def payload_changed(s: Session) -> None:
    offer, other = s.offer(s.matter()), s.offer(s.matter())
    head, _, signature = offer.text.split(".")
    await s.expect((f"{head}.{other.text.split('.')[1]}.{signature}", WRONG_SEAL))


@check("foreign_key", "3", "别人的密钥签名，拒收", "A signature by another key is rejected")
async def foreign_key(s: Session) -> None:
    signed, _, _ = s.offer(s.matter()).text.rpartition(".")
    await s.expect((f"{signed}.{b64(new_key().sign(signed.encode()))}", WRONG_SEAL))


def _payload(sealed: Sealed) -> bytes:
    return json.dumps(sealed.said, ensure_ascii=False).encode()


@check("kid_unknown", "3", "未登记的密钥编号，拒收", "An unknown kid is rejected")
async def kid_unknown(s: Session) -> None:
    offer = s.offer(s.matter())
    await _still_free(s, offer, "refused sender_unknown", s.seal(_payload(offer), kid=f"unknown-{new_id()}"))


@check("alg_none", "3", "不是 EdDSA，拒收", "Any other alg is rejected")
async def alg_none(s: Session) -> None:
    offer = s.offer(s.matter())
    await s.expect((s.seal(_payload(offer), alg="HS256"), WRONG_SEAL))
    head, payload, _ = s.seal(_payload(offer), alg="none").split(".")
    await s.expect((f"{head}.{payload}.", WRONG_SEAL))


@check("receiver_wrong", "3", "给别的中心的，拒收", "A message for another centre is rejected")
async def receiver_wrong(s: Session) -> None:
    m = s.matter()
    offer = s.offer(m)
    wrong = s.message(m, "transfer.offered.v1", offer.said["body"], seq=1, receiver="no_such_centre")
    await _still_free(s, offer, "refused receiver_wrong", wrong)


@check("sender_wrong", "3", "密钥与发送方不符，拒收", "A sender that the key does not belong to is rejected")
async def sender_wrong(s: Session) -> None:
    m = s.matter()
    offer = s.offer(m)
    wrong = s.message(m, "transfer.offered.v1", offer.said["body"], seq=1, sender="no_such_centre")
    await _still_free(s, offer, "refused sender_unknown", wrong)


@check("not_a_seal", "3", "不是 JWS 紧凑格式，拒收", "What is no compact JWS is rejected")
async def not_a_seal(s: Session) -> None:
    for text in ("", "abc", "a.b", "a.b.c.d", "!.!.!"):
        await s.expect((text, "refused message_malformed"))


@check("not_an_envelope", "3", "签了名但不是信封，拒收", "A signed payload that is no envelope is rejected")
async def not_an_envelope(s: Session) -> None:
    said = s.offer(s.matter()).said
    payloads: list[Any] = [b"{", b"[]", b"\xff", json.dumps({k: v for k, v in said.items() if k != "seq"}).encode()]
    payloads += [json.dumps(said | change).encode() for change in ({"seq": 0}, {"seq": "1"}, {"kind": "Offer"}, {"sent_at": "today"})]  # fmt: skip
    for payload in payloads:
        await s.expect((s.seal(payload), "refused message_malformed"))


@check("too_large", "3", f"超过 {MAX_MESSAGE} 字符，拒收", f"More than {MAX_MESSAGE} characters are rejected")
async def too_large(s: Session) -> None:
    await s.expect(("a" * (MAX_MESSAGE + 1), "refused too_large"))


@check("largest", "3", "接近上限的消息照收", "A message just under the limit is taken")
async def largest(s: Session) -> None:
    m = s.matter()
    big = s.message(m, UNKNOWN, {"text": "x" * 195_000})
    if len(big.text) > MAX_MESSAGE:
        raise NotReached("测试消息过大（the kit's own message is too large）")
    await s.expect((big, "parked"))


@check("kind_unknown", "5", "不认识的消息暂存，后面的照办", "An unknown kind is parked and uses its number up")
async def kind_unknown(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    unknown = s.message(m, UNKNOWN, {"sky": "grey"})
    await s.expect((unknown, "parked"))
    await s.expect((unknown, "parked"))
    await s.expect((s.supplement(m), "handled"))


@check("fields_unknown", "11", "不认识的字段略过", "Unknown fields are passed over")
async def fields_unknown(s: Session) -> None:
    m = s.matter()
    offer = s.offer(m, colour="blue", caller={"name": "王小明", "star_sign": "leo"})
    richer = s.message(m, "transfer.offered.v1", offer.said["body"], seq=1, trace="00-ab")
    await s.expect((richer, "handled"))


@check(
    "body_malformed",
    "5",
    "内容不合规范，拒收并占用编号",
    "A body that does not fit its schema is refused and uses its number up",
)
async def body_malformed(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    await s.expect((s.message(m, "matter.supplemented.v1", {"text": 7}), "refused message_malformed"))
    await s.expect((s.supplement(m), "handled"))


@check("moment_without_zone", "2", "没有时区的时刻，拒收", "A moment without its zone is refused")
async def moment_without_zone(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    wrong = s.message(m, "matter.supplemented.v1", {"at": "2026-03-03T10:00:00", "text": "x"})
    await s.expect((wrong, "refused message_malformed"))


@check("matter_unknown", "5", "没有转交过的诉求，拒收", "A message for a matter that was never offered is refused")
async def matter_unknown(s: Session) -> None:
    await s.expect((s.supplement(s.matter()), "refused unknown_matter"))


@check("comes_again", "4", "我方没有收下的，对方原样重发", "What we did not take comes again, the same bytes")
async def comes_again(s: Session) -> None:
    m = s.matter()
    s.listener.trouble(m.id, "500", "retry")
    offer = s.offer(m)
    await s.expect((offer, "handled"), (s.about_offer(m, "transfer.withdrawal_requested.v1", reason="测试"), "handled"))
    came = await s.must_answer(
        m, "transfer.withdrawn.v1", "transfer.accepted.v1", "transfer.returned.v1", within=session.AGAIN
    )
    await s.quiet()
    if s.listener.handed_in[came.envelope.id] < 2:
        raise Failed("收到 retry 之后没有用原编号重发（it did not come again under its id）")
