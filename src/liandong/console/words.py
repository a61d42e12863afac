"""The words that the console shows for codes: derived from the tables, so that there is one place for each of them."""

from collections.abc import Iterable
from typing import Any

from liandong.agreements.lifecycle import LIFECYCLE as CATALOGUE
from liandong.callbacks.detecting import WORDS as EVALUATION_RULES
from liandong.catalogue.centres import default_centres
from liandong.catalogue.clocks import load_clocks
from liandong.catalogue.oversight import default_oversight
from liandong.catalogue.units import rows_of
from liandong.core.lifecycle import Lifecycle, Transition
from liandong.exchange.reconcile import KINDS as DIFFERENCES
from liandong.handling.policy import load_handling
from liandong.knowledge.lifecycle import LIFECYCLE as CARD
from liandong.linkage.model import TransferStatus
from liandong.orders.lifecycle import LIFECYCLES
from liandong.policing.policy import default_policing
from liandong.protocol_pages import TITLES

BIRTHS = {
    "order.accepted": ["受理", "Taken in"],
    "transfer.asked": ["对方转来", "Offered by a peer"],
    "transfer.taken_urgently": ["紧急转来，已接收", "Urgent offer taken"],
}
"""Events that no row of a lifecycle makes: an order's first."""
UNLIMITED = {"ladder": ["下一级提醒", "next reminder"], "suspension": ["挂起期满", "suspension ends"]}
"""Clocks of an order whose length is not in the table of clocks."""
LEVELS = {"city", "district", "street"}
Words = dict[str, list[str]]

ACCOUNT_LOG: Words = {
    "account.added": ["建立账号", "Account made"],
    "account.described": ["修改姓名或统一身份", "Name or identity changed"],
    "account.disabled": ["停用账号", "Account disabled"],
    "account.enabled": ["启用账号", "Account enabled"],
    "password.changed": ["修改密码", "Password changed"],
    "password.refused": ["修改密码未通过", "Password change refused"],
    "password.reset": ["重置密码", "Password reset"],
    "rights.asked": ["申请角色", "Rights asked for"],
    "rights.granted": ["授予角色", "Rights granted"],
    "sessions.ended": ["结束会话", "Sessions ended"],
    "sign_in.code_refused": ["动态验证码不对", "One-time code refused"],
    "sign_in.locked": ["多次输错，账号锁定", "Locked after wrong passwords"],
    "sign_in.refused": ["登录未通过", "Sign-in refused"],
    "signed_in": ["登录", "Signed in"],
    "signed_out": ["退出登录", "Signed out"],
    "totp.removed": ["取消两步验证", "Second factor removed"],
    "totp.set": ["启用两步验证", "Second factor set"],
}
FAULTS: Words = {
    "root_changed": ["历史与已封存的根不符", "The past does not fit its sealed root"],
    "root_chain": ["日根链条不符", "The chain of roots is broken"],
    "root_twice": ["同一天宣告了两个根", "Two roots announced for one day"],
    "day_missing": ["缺少某一天的封存", "A sealed day is missing"],
    "head_changed": ["工单的链头被改", "An order's newest event was changed"],
    "head_gone": ["工单的链头不见了", "An order's newest event is gone"],
}
TRANSFERS: dict[TransferStatus, list[str]] = {
    TransferStatus.OFFERED: ["待接收", "waiting"],
    TransferStatus.ACCEPTED: ["已接收", "accepted"],
    TransferStatus.RETURNED: ["已退回", "returned"],
    TransferStatus.WITHDRAWING: ["撤回中", "being withdrawn"],
    TransferStatus.WITHDRAWN: ["已撤回", "withdrawn"],
    TransferStatus.KEEPING: ["对方保留中", "being kept there"],
    TransferStatus.KEPT: ["由对方留下", "kept there"],
    TransferStatus.NEGOTIATING: ["协商中", "being negotiated"],
    TransferStatus.OVERTAKEN: ["已被后来的转交取代", "overtaken by another"],
}
UNIT_KINDS: Words = {
    "city": ["市级", "city"],
    "district": ["区政府", "district government"],
    "street": ["街道乡镇", "street or town"],
    "department": ["委办局", "department"],
    "utility": ["公用企业", "utility"],
    "police_branch": ["公安分局", "police branch"],
    "police_station": ["派出所", "police station"],
    "sub-bureau": ["公安业务总队", "police bureau"],
}
FACTS: Words = {
    "answered": ["答复于", "Answered"],
    "answered_and_evaluated_by": ["答复与评价为同一人", "Answered and evaluated by"],
    "answers_alike": ["答复相似度", "How alike the answers are"],
    "audit": ["审计", "Audit"],
    "casualties": ["伤亡与等级", "Casualties and level"],
    "characters": ["答复字数", "Characters of the answer"],
    "class": ["分类", "Class"],
    "clock": ["时限", "Clock"],
    "common": ["共有的字对", "Pairs in common"],
    "common_share": ["共有字对比例", "Share of pairs in common"],
    "compared": ["比较过的答复", "Answers compared"],
    "direction": ["方向", "Direction"],
    "due": ["应答复于", "Due"],
    "event": ["事件", "Event"],
    "files": ["附件数", "Files"],
    "host": ["主机", "Host"],
    "left_minutes": ["离期限的分钟数", "Minutes left"],
    "like": ["相似的工单", "Like order"],
    "message": ["消息", "Message"],
    "missing": ["缺少的佐证", "What is missing"],
    "number": ["编号", "Number"],
    "of": ["属于", "Of"],
    "peer": ["对方", "Peer"],
    "pid": ["进程号", "Process"],
    "returns": ["退单经过", "Returns"],
    "seconds_after_closing": ["办结后几秒即评价", "Seconds after closing"],
    "basis": ["依据", "Basis"],
    "confirmed": ["核定", "Confirmed"],
    "danger": ["险情", "Danger"],
    "danger_set_aside": ["险情被改判，而诉求说到", "Danger set aside; the matter says"],
    "dead": ["死亡人数", "Dead"],
    "injured": ["受伤人数", "Injured"],
    "intake": ["初报", "At intake"],
    "level": ["等级", "Level"],
    "reason": ["原因", "Reason"],
    "unit": ["单位", "Unit"],
    "unsolved_but_satisfied": ["未解决却评为满意", "Not solved, yet satisfied"],
    "since": ["自", "Since"],
    "status": ["状态", "Status"],
    "why": ["原因", "Why"],
    "without_basis": ["无依据的退单数", "Returns without a basis"],
    "worker": ["后台进程", "Worker"],
}  # fmt: skip
CAUSES_EN = {
    "traffic": "traffic",
    "distance": "a long way, at the edge of the district",
    "weather": "bad weather",
    "busy": "handling other alarms",
    "address_unclear": "the address was unclear or wrong",
    "blocked": "no way into the compound",
    "recorded_late": "was there in time, recorded late",
    "vehicle": "vehicle or equipment failed",
    "other": "other",
}
"""The shipped causes of a late arrival; their table has them in Chinese."""
CARD_SCOPES: Words = {
    "public": ["公开", "public"],
    "seat": ["坐席内部", "seats only"],
    "police": ["公安内部", "police only"],
}
CARD_LOG: Words = {
    "card.drafted": ["起草", "Drafted"],
    "card.reviewed": ["复核，内容不变", "Reviewed, unchanged"],
}


def words() -> dict[str, Any]:
    """Codes to [Chinese, English], centres with their colour and their kind of order besides."""
    tables = LIFECYCLES.values()
    rows = [row for table in tables for row in table.rows]
    return {
        "statuses": {f"{t.name}.{code}": list(text) for t in tables for code, text in sorted(t.statuses.items())},
        "final": {str(table.name): sorted(table.final) for table in tables},
        "events": BIRTHS | _labels((row.event, row) for row in rows),
        "actions": _labels((row.action, row) for row in rows),
        "clocks": UNLIMITED
        | {
            clock.name: [clock.zh.partition("（")[0], clock.en.partition(":")[0]]
            for clock in reversed(load_clocks().clocks)
        },
        "centres": {c.code: [c.name, c.name_en, c.colour, c.kind] for c in default_centres().values()},
        "reasons": {row["code"]: [row["name_zh"], row["name_en"]] for row in rows_of("return_reasons.csv")},
    } | _others()


def _others() -> dict[str, Words]:
    """What no lifecycle of an order names."""
    return {
        "accounts": ACCOUNT_LOG,
        "differences": {kind: _halves(text) for kind, text in DIFFERENCES.items()} | FAULTS,
        "messages": {kind: [zh, kind.rpartition(".v")[0].replace(".", " ").replace("_", " ")] for kind, zh in TITLES.items()},
        "transfers": {str(status): text for status, text in TRANSFERS.items()},
        "catalogue": _statuses(CATALOGUE) | _events(CATALOGUE),
        "cards": CARD_LOG | _statuses(CARD) | _events(CARD) | {row.action: [row.label, row.label_en] for row in CARD.rows},
        "scopes": CARD_SCOPES,
        "unit_kinds": UNIT_KINDS,
        "evaluation_flags": {kind: list(text) for kind, text in EVALUATION_RULES.items()},
        "facts": FACTS,
        "grounds": {one.code: [one.zh, one.en] for one in load_handling().grounds.values()},
        "authorities": {one.code: [one.zh, one.en] for one in default_oversight().authorities},
        "causes": {code: [zh, CAUSES_EN.get(code, code)] for code, zh in default_policing().delay_causes.items()},
    }  # fmt: skip


def _halves(text: str) -> list[str]:
    zh, _, en = text.partition(" / ")
    return [zh, en]


def _statuses(table: Lifecycle[Any]) -> Words:
    return {code: list(text) for code, text in table.statuses.items()}


def _events(table: Lifecycle[Any]) -> Words:
    return {row.event: [row.label, row.label_en] for row in table.rows}


def lists() -> dict[str, Any]:
    """What is long and looked up only in a form: divisions down to the street, classes as [name, parent]."""
    return {
        "divisions": {row["code"]: row["name"] for row in rows_of("divisions.csv") if row["level"] in LEVELS},
        "classes": {row["code"]: [row["name"], row["parent"]] for row in rows_of("matter_classes.csv")},
    }


def _labels(pairs: Iterable[tuple[str, Transition]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, row in pairs:
        found.setdefault(code, [row.label, row.label_en])
    return dict(sorted(found.items()))
