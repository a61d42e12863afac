"""The last checks: what was wrong with the messages that came to us while all the others ran."""

from liandong.conformance.model import Failed, NotReached, check
from liandong.conformance.session import Session


def _none(s: Session, clause: str) -> None:
    if not s.listener.came and not s.listener.faults:
        raise NotReached(
            "没有收到对方的任何消息，请核对对方的设置（nothing came: is the other side told our address?）"
        )
    wrong = [text for where, text in s.listener.faults if where == clause]
    if wrong:
        raise Failed("；".join(wrong[:5]))


@check("its_seals", "3", "对方的消息签名有效，重发不变", "Its messages are sealed right and never change")
async def its_seals(s: Session) -> None:
    _none(s, "3")


@check("its_batches", "4", "对方按规定的格式交来", "It hands in as the form says")
async def its_batches(s: Session) -> None:
    _none(s, "4")


@check("its_numbers", "6", "对方的编号从1起连续", "Its numbers run from 1 without gaps")
async def its_numbers(s: Session) -> None:
    _none(s, "6")


@check("its_bodies", "8", "对方的消息内容合规范", "Its bodies fit their schemas")
async def its_bodies(s: Session) -> None:
    _none(s, "8")
