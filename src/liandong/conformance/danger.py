"""Checks of danger and of claims (docs/protocol.md, 9): what must come at once, without a key press."""

from typing import Any

from liandong.conformance.business import names_it
from liandong.conformance.model import Failed, NotReached, check
from liandong.conformance.session import Matter, Session, spoken
from liandong.core.ids import new_id

AT_ONCE = ("transfer.accepted.v1", "transfer.returned.v1", "danger.claimed.v1")
TEXT = "【符合性测试】险情 danger, a test"


def _police_there(s: Session) -> None:
    if not s.us.there_police:
        raise NotReached("对方不是公安（the other side is not the police desk）")


def _police_here(s: Session) -> None:
    if not s.us.here_police:
        raise NotReached("须以110的身份测试（only the police desk says this: use --as 110）")


async def _urgent(s: Session, m: Matter, **more: Any) -> dict[str, Any]:
    after = max((e.seq for e in s.listener.of(m.id)), default=0)
    await s.expect((s.offer(m, "leave", urgent=True, danger=True, **more), "handled"))
    m.open = False  # it can't be withdrawn
    came = await s.must_answer(m, *AT_ONCE, after=after)
    if came.envelope.kind == "transfer.returned.v1":
        raise Failed("紧急转交被退回：险情没有人处置（an urgent offer was returned）")
    names_it(m, came.envelope.body)
    return came.envelope.body


@check("urgent_taken", "9.8", "紧急转交立即接收，不等人按键", "An urgent offer is taken at once, without a key press")
async def urgent_taken(s: Session) -> None:
    if not s.us.there_acts:
        raise NotReached("对方不接紧急转交（the other side takes no urgent offers）")
    body = await _urgent(s, s.matter())
    if not body.get("number"):
        raise Failed("接收没有给出编号（the acceptance has no number）")


@check(
    "urgent_while_asked",
    "9.8",
    "等待答复时又紧急转来，立即接收",
    "An urgent offer over an ordinary one is taken at once",
)
async def urgent_while_asked(s: Session) -> None:
    _police_there(s)
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    await _urgent(s, m)


@check("urgent_not_refused", "9.8", "紧急转交的撤回不改变什么", "An urgent offer can't be withdrawn")
async def urgent_not_refused(s: Session) -> None:
    if not s.us.there_acts:
        raise NotReached("对方不接紧急转交（the other side takes no urgent offers）")
    m = s.matter()
    offer = s.offer(m, "leave", urgent=True, danger=True)
    await s.expect((offer, "handled"), (s.about_offer(m, "transfer.withdrawal_requested.v1", reason="x"), "handled"))
    m.open = False
    came = await s.must_answer(m, *AT_ONCE, "transfer.withdrawn.v1")
    if came.envelope.kind in {"transfer.withdrawn.v1", "transfer.returned.v1"}:
        raise Failed("紧急转交被撤回或退回（an urgent offer was withdrawn or returned）")


@check(
    "danger_while_asked",
    "9.9",
    "等待答复时出现险情：110立即接管，其他中心退回110",
    "Danger while asked: the police desk takes it, others give it back",
)
async def danger_while_asked(s: Session) -> None:
    m = s.matter()
    await s.expect(
        (s.offer(m), "handled"), (s.message(m, "danger.raised.v1", {"at": s.now(), "text": TEXT}), "handled")
    )
    if s.us.there_police:
        came = await s.must_answer(m, *AT_ONCE)
        if came.envelope.kind == "transfer.returned.v1":
            raise Failed("知道险情的公安退回了诉求（the police desk returned a matter in danger）")
        return
    _police_here(s)
    came = await s.must_answer(m, "transfer.returned.v1", "transfer.offered.v1")
    names_it(m, came.envelope.body)


@check("claim_counts", "9.10", "紧急接收使接管序号加一", "Taking an urgent offer counts the claim up")
async def claim_counts(s: Session) -> None:
    _police_there(s)
    body = await _urgent(s, s.matter(), claim=4)
    if "claim" not in body:
        raise NotReached("对方不用接管序号（it does not number its claims）")
    if body["claim"] <= 4:
        raise Failed(f"接管序号应大于 4，实为 {body['claim']}（the claim must be higher than the offer's）")


@check("claim_voids", "9.10", "接管之前的转交已失效，退回", "What was offered under a lower claim is returned")
async def claim_voids(s: Session) -> None:
    m = s.matter()
    if s.us.there_police:
        taken = await _urgent(s, m)
        if not taken.get("claim"):
            raise NotReached("对方不用接管序号（it does not number its claims）")
    else:
        _police_here(s)
        await s.expect((s.offer(m), "handled"))
        claimed = {"number": s.number, "at": s.now(), "text": TEXT, "claim": 2, "told": [s.us.centre]}
        spoken(await s.hand_in(s.about_offer(m, "danger.claimed.v1", **claimed)))
        m.open = False
    after = max((e.seq for e in s.listener.of(m.id)), default=0)
    await s.expect((s.offer(m, "leave"), "handled"))
    came = await s.must_answer(m, "transfer.returned.v1", "transfer.accepted.v1", after=after)
    if came.envelope.kind == "transfer.accepted.v1":
        raise Failed("接管之前的转交被接收（an offer from before the claim was accepted）")
    names_it(m, came.envelope.body)


@check("claim_closes", "9.10", "被接管的诉求不再等待答复", "A claim closes the question that was open")
async def claim_closes(s: Session) -> None:
    _police_here(s)
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    claimed = {"number": s.number, "at": s.now(), "text": TEXT, "claim": 1, "told": [s.us.centre]}
    spoken(await s.hand_in(s.about_offer(m, "danger.claimed.v1", **claimed)))
    m.open = False
    await s.quiet()
    if "transfer.accepted.v1" in [e.kind for e in s.listener.of(m.id)]:
        raise Failed("被接管之后仍然接收（it accepted after the claim）")


@check(
    "danger_for_stranger",
    "9.9",
    "不相干的险情消息不建立诉求",
    "Word of danger about a matter that was never offered is refused",
)
async def danger_for_stranger(s: Session) -> None:
    m = s.matter()
    m.transfer_id = new_id()
    await s.expect((s.message(m, "danger.raised.v1", {"at": s.now(), "text": TEXT}), "refused unknown_matter"))
