"""Checks of what the messages do (docs/protocol.md, 8 to 10). An answer that waits for a desk may be missing; one that waits for nobody must come."""

from typing import Any
from uuid import UUID

from liandong.conformance.model import Failed, NotReached, check
from liandong.conformance.samples import bodies
from liandong.conformance.session import SOON, Matter, Session, spoken
from liandong.core.ids import new_id
from liandong.linkage.model import ALREADY_HERE

CLOSING = ("transfer.withdrawn.v1", "transfer.accepted.v1", "transfer.returned.v1", "danger.claimed.v1")


def names_it(matter: Matter, body: dict[str, Any]) -> None:
    if body.get("transfer_id") != str(matter.transfer_id):
        raise Failed("答复的 transfer_id 不是这次转交的（the answer names another transfer）")


async def _once(s: Session, matter: Matter, *kinds: str) -> None:
    """Nothing more that answers the offer comes."""
    await s.quiet()
    answers = [e.kind for e in s.listener.of(matter.id) if e.kind in kinds]
    if len(answers) > 1:
        raise Failed(f"一次转交得到 {len(answers)} 个答复：{'、'.join(answers)}（an offer is answered once）")


@check("answered", "9.3", "转交得到一次答复：接收或退回", "An offer is answered once, by accepting or returning")
async def answered(s: Session) -> None:
    m = s.matter()
    offer = s.offer(m, "accept")
    await s.expect((offer, "handled"))
    came = await s.by_desk(m, "transfer.accepted.v1", "transfer.returned.v1")
    names_it(m, came.envelope.body)
    await s.expect((offer, "handled"))  # a repeat after the answer must not be answered again
    await _once(s, m, "transfer.accepted.v1", "transfer.returned.v1")


@check("result", "9.11", "接收之后有结果反馈", "Who accepted sends the result, and takes the evaluation")
async def result(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m, "finish"), "handled"))
    accepted = await s.by_desk(m, "transfer.accepted.v1", "transfer.returned.v1")
    if accepted.envelope.kind == "transfer.returned.v1":
        raise NotReached("对方退回了（it was returned）")
    came = await s.by_desk(m, "order.answered.v1")
    if came.envelope.body.get("number") != accepted.envelope.body.get("number"):
        raise Failed("结果的编号与接收的编号不同（the result has another number than the acceptance）")
    evaluated = {"number": s.number, "at": s.now(), "solved": True, "satisfaction": 5}
    await s.expect((s.message(m, "order.evaluated.v1", evaluated), "handled"))


@check("withdrawal", "9.4", "撤回得到答复", "A withdrawal is answered")
async def withdrawal(s: Session) -> None:
    m = s.matter()
    asked = s.offer(m), s.about_offer(m, "transfer.withdrawal_requested.v1", reason="来电人已找回")
    await s.expect(*((one, "handled") for one in asked))
    came = await s.must_answer(m, *CLOSING)
    names_it(m, came.envelope.body)
    await _once(s, m, *CLOSING)


@check("withdrawal_late", "9.4", "已答复之后的撤回不改变什么", "A withdrawal after the answer changes nothing")
async def withdrawal_late(s: Session) -> None:
    m = s.matter()
    accepted = await s.accepted(m)
    await s.expect((s.about_offer(m, "transfer.withdrawal_requested.v1", reason="迟了"), "handled"))
    await s.quiet()
    if "transfer.withdrawn.v1" in [e.kind for e in s.listener.of(m.id) if e.seq > accepted.envelope.seq]:
        raise Failed("接收之后又同意撤回：两边都不负责（it agreed after accepting, so nobody is responsible）")


@check("kept", "9.5", "协商定为保留自办，对方确认", "A negotiation that ends with keeping is confirmed")
async def kept(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    spoken(await s.hand_in(s.about_offer(m, "negotiation.opened.v1", at=s.now(), reason="职责不明")))
    spoken(await s.hand_in(s.about_offer(m, "transfer.kept.v1", at=s.now(), settled_by="agreement")))
    came = await s.must_answer(m, "transfer.withdrawn.v1", "transfer.accepted.v1")
    names_it(m, came.envelope.body)


@check(
    "ruling",
    "9.6",
    "约定由领导裁定的，裁定由对方承办即接收",
    "A ruling, where both centres agreed on it, is carried out",
)
async def ruling(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    spoken(await s.hand_in(s.about_offer(m, "negotiation.opened.v1", at=s.now())))
    said = {"owner": s.us.peer, "basis_kind": "law", "basis": "国办发〔2022〕12号", "at": s.now(), "ruling": True}
    spoken(await s.hand_in(s.about_offer(m, "negotiation.position_taken.v1", **said)))
    came = await s.listener.wait(m.id, ("transfer.accepted.v1",), 3)
    if came is None:
        raise NotReached("双方没有约定裁定（arbitration is not agreed between the two centres）")
    m.open = False
    if came.envelope.body.get("settled_by") != "arbitration":
        raise Failed("接收没有注明 settled_by = arbitration（the acceptance does not say what settled it）")


@check(
    "recall_refused", "9.7", "没有接收过的不能撤回误转，当即拒绝", "Recalling what was not accepted is refused at once"
)
async def recall_refused(s: Session) -> None:
    m = s.matter()
    await s.expect(
        (s.offer(m), "handled"), (s.about_offer(m, "transfer.withdrawal_requested.v1", reason="x"), "handled")
    )
    came = await s.must_answer(m, *CLOSING)
    if came.envelope.kind == "transfer.accepted.v1":
        raise NotReached("对方自动接收了（it accepts by itself）")
    spoken(await s.hand_in(s.about_offer(m, "transfer.recall_requested.v1", reason="转错了")))
    names_it(m, (await s.must_answer(m, "transfer.recall_refused.v1")).envelope.body)


@check("recall", "9.7", "撤回误转：同意则必须转回，否则拒绝", "A recall is agreed by a binding offer, or refused")
async def recall(s: Session) -> None:
    m = s.matter()
    await s.accepted(m)
    spoken(await s.hand_in(s.about_offer(m, "transfer.recall_requested.v1", reason="转错了，请同意撤回 please agree")))
    came = await s.by_desk(m, "transfer.offered.v1", "transfer.recall_refused.v1")
    if came.envelope.kind == "transfer.recall_refused.v1":
        names_it(m, came.envelope.body)
        return
    if came.envelope.body.get("binding") != "recall":
        raise Failed("同意撤回的转交应注明 binding = recall（the offer back must be marked as binding)")
    taken = {"transfer_id": came.envelope.body["transfer_id"], "number": s.number, "accepted_at": s.now()}
    await s.expect((s.message(m, "transfer.accepted.v1", taken), "handled"))


@check(
    "duplicate",
    "9.3",
    "已在办理的再次转来，以 duplicate 退回",
    "A second offer of what it handles already is returned as duplicate",
)
async def duplicate(s: Session) -> None:
    m = s.matter()
    first = await s.accepted(m)
    again = s.offer(m, "leave", claim=first.envelope.body.get("claim", 0))
    await s.expect((again, "handled"))
    came = await s.must_answer(m, "transfer.returned.v1", "transfer.accepted.v1", after=first.envelope.seq)
    if came.envelope.kind == "transfer.accepted.v1":
        raise Failed("第二次接收：两个接收交叉时会没有人负责（a second acceptance may leave nobody responsible）")
    names_it(m, came.envelope.body)
    if came.envelope.body.get("reason") != ALREADY_HERE:
        raise Failed(f"退回的原因应为 {ALREADY_HERE}（the reason must be duplicate）")


@check("stranger", "9.3", "不相干的答复不改变什么", "An answer to an offer that was never made changes nothing")
async def stranger(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    body = {"transfer_id": str(new_id()), "number": "X-1", "accepted_at": s.now()}
    await s.expect((s.message(m, "transfer.accepted.v1", body), "handled | refused"))
    await s.expect((s.about_offer(m, "transfer.withdrawal_requested.v1", reason="x"), "handled"))
    await s.must_answer(m, *CLOSING)


@check(
    "every_kind",
    "8",
    "每一种消息都有 handled 或 parked（或按流程拒收）",
    "Every kind is handled or parked, or has no place there",
)
async def every_kind(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"))
    for kind, body in bodies(m.transfer_id, s.us.centre, s.us.peer, s.number, s.now()).items():
        receipts = await s.hand_in(s.message(m, kind, body))
        status, code = receipts[0]["status"], receipts[0].get("code", "")
        no_place = status == "refused" and code in {"action_not_allowed", "guard_refused", "not_permitted"}
        if status not in {"handled", "parked"} and not no_place:
            raise Failed(f"{kind}：{status} {code}（handled or parked expected）")


@check("views", "10", "核对地址说出双方共有诉求的状态", "The address for views tells of a shared matter")
async def views(s: Session) -> None:
    m = s.matter()
    await s.expect((s.offer(m), "handled"), (s.supplement(m), "handled"))
    asked = s.message(m, "views.asked.v1", {"matters": [str(m.id)]}, seq=1, matter_id=str(UUID(int=0)))
    answer = await s.post("/exchange/v1/views", {"messages": [asked.text]})
    if answer.status_code == 404:
        raise NotReached("对方没有这个地址（it has no such address）")
    if answer.status_code != 200 or not isinstance(answer.json(), list):
        raise Failed(f"应答应为 200 和数组，实为 {answer.status_code}（200 and an array expected）")
    found = [view for view in answer.json() if view.get("matter_id") == str(m.id)]
    if not found:
        raise Failed("没有说到所问的诉求（the matter that was asked for is not there）")
    _compare(found[0], m)


def _compare(view: dict[str, Any], m: Matter) -> None:
    lacking = [name for name in ("status", "responsible", "open", "transfer_id", "transfer_status") if name not in view]
    if lacking:
        raise Failed(f"缺少字段 {'、'.join(lacking)}（fields are missing）")
    if view.get("received") != m.seq:
        raise Failed(f"received 应为 {m.seq}，实为 {view.get('received')}（the last number that it has had）")
    if view["responsible"] and view["transfer_status"] == "offered":
        raise Failed("未接收就认为由自己负责（responsible before it has accepted）")


@check("views_sealed", "10", "没有签名的核对请求不答", "Views are told to no one whose seal does not hold")
async def views_sealed(s: Session) -> None:
    asked = s.message(s.matter(), "views.asked.v1", {}, seq=1, matter_id=str(UUID(int=0)))
    answer = await s.post("/exchange/v1/views", {"messages": [asked.text[:-8] + "AAAAAAAA"]})
    if answer.status_code == 404:
        raise NotReached("对方没有这个地址（it has no such address）")
    if answer.status_code < 400:
        raise Failed(f"签名不对仍然回答了 {answer.status_code}（it answered a question with a wrong seal）")


@check(
    "tells_about_itself",
    "16",
    "about 地址说出自己和认识的消息",
    "The address about tells what the centre is and speaks",
)
async def tells_about_itself(s: Session) -> None:
    nonce = "conformance-1"
    try:
        answer = await s.client.get(
            f"{s.url}/exchange/v1/about", params={"for": s.us.centre, "nonce": nonce}, timeout=SOON
        )
    except Exception as error:
        raise Failed(f"没有应答（no answer）：{error}") from error
    s.note("answered", {"status": answer.status_code, "body": answer.text[:2000]})
    if answer.status_code == 404:
        raise NotReached("对方没有这个地址（it has no such address）")
    try:
        told = s.listener.opened(answer.json()["message"]).body
    except Exception as error:
        raise Failed(f"不是封好的 about.told.v1（no sealed message came）：{error}") from error
    if told.get("nonce") != nonce or told.get("centre") != s.us.peer or not told.get("kinds"):
        raise Failed("nonce、centre 或 kinds 不对（nonce, centre or kinds are wrong）")
