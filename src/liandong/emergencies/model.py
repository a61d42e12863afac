"""What an emergency is, folded from the lines of its log. The lines themselves, by event, are in `lines.py`."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from liandong.orders.model import Exercise, Point

Status = Literal["heard_of", "open", "ended", "joined"]
TaskStatus = Literal["called", "accepted", "done", "refused"]
ReceiptStatus = Literal["waiting", "read", "acting", "silent"]


class Place(Struct, frozen=True, omit_defaults=True):
    """Where it is: in words, as a division, in WGS-84 where that is known."""

    text: str = ""
    division_code: str = ""
    point: Point | None = None


class Casualties(Struct, frozen=True, omit_defaults=True):
    """What is counted, so far; what nobody has counted is 0."""

    dead: int = 0
    injured: int = 0
    trapped: int = 0
    affected: int = 0


class Task(Struct, kw_only=True):
    """Something that a centre does. `key`: one task of an emergency has one, so that a run card called twice calls nobody twice.

    `to`: who is called; `holder`: the centre whose desk has it (it telephones where `to` is no node). `substitutes`: who is called next.
    `due_at`: until accepted the time to answer the call, afterwards the time to have it done (`minutes` from then). `late`: somebody was;
    `overdue`: its present deadline has passed. `also`: centres that had it by a declaration that was joined with this one.
    """

    key: str
    title: str
    to: str
    holder: str
    given_by: str
    given_at: datetime
    due_at: datetime
    order: int = 1
    substitutes: list[str] = []
    check_in_minutes: int = 0
    status: TaskStatus = "called"
    accepted_at: datetime | None = None
    accepted_by: str = ""
    done_at: datetime | None = None
    check_in_due: datetime | None = None
    check_ins_missed: int = 0
    late: bool = False
    overdue: bool = False
    minutes: int = 0
    passed_from: list[str] = []
    also: list[str] = []
    text: str = ""
    measure: bool = False

    def is_held_by(self, centre: str) -> bool:
        return centre == self.holder or centre in self.also

    @property
    def is_open(self) -> bool:
        return self.status in ("called", "accepted")


class Receipt(Struct, kw_only=True):
    """One addressee of a broadcast. `rung`: how often it was rung again; `silent`: nobody answered, and `passed_to` was asked to reach it."""

    centre: str
    status: ReceiptStatus = "waiting"
    due_at: datetime
    rung: int = 0
    read_at: datetime | None = None
    read_by: str = ""
    acting_at: datetime | None = None
    text: str = ""
    passed_to: str = ""


class Broadcast(Struct, kw_only=True):
    id: UUID
    text: str
    sent_by: str
    centre: str
    at: datetime
    receipts: list[Receipt]


class AgreedAnswer(Struct, kw_only=True):
    """What callers are told. `status`: drafted, agreed (by another person), replaced, withdrawn."""

    no: int
    text: str
    drafted_by: str
    centre: str
    at: datetime
    status: str = "drafted"
    agreed_by: str = ""
    agreed_at: datetime | None = None
    over_at: datetime | None = None
    card: str = ""


class Resource(Struct, kw_only=True):
    id: UUID
    what: str
    amount: int
    asked_by: str
    centre: str
    at: datetime
    offers: list["Offer"] = []

    @property
    def open_amount(self) -> int:
        return max(0, self.amount - sum(one.amount for one in self.offers if one.taken))


class Offer(Struct, kw_only=True):
    id: UUID
    centre: str
    by: str
    amount: int
    text: str
    at: datetime
    taken: bool = False


class SentUp(Struct, kw_only=True):
    """A report to those above. `late`: after its clock."""

    to: str
    text: str
    centre: str
    at: datetime
    late: bool


class LevelSet(Struct, kw_only=True):
    level: int
    at: datetime
    by: str
    reason: str


class Linked(Struct, kw_only=True):
    matter_id: UUID
    number: str
    centre: str
    at: datetime
    out: bool = False


class Injected(Struct, kw_only=True):
    """Something that a drill lets happen. `met_at`: when somebody wrote that it was dealt with."""

    no: int
    text: str
    at: datetime
    within_minutes: int
    met_at: datetime | None = None
    met_by: str = ""


class Emergency(Struct, kw_only=True):
    """One emergency as this centre sees it. `into`: the one that it was joined into; `members`: those joined into it."""

    id: UUID
    number: str = ""
    status: Status = "heard_of"
    kind: str = ""
    subtype: str = ""
    level: int | None = None
    title: str = ""
    text: str = ""
    place: Place = Place()
    facts: Casualties = Casualties()
    exercise: Exercise = Exercise.ACTUAL
    source: str = "person"
    why: str = ""
    declared_at: datetime | None = None
    declared_by: str = ""
    centre: str = ""
    card: str = ""
    run_cards: list[str] = []
    response: int | None = None
    grades: list[LevelSet] = []
    members: list[UUID] = []
    orders: list[Linked] = []
    tasks: list[Task] = []
    broadcasts: list[Broadcast] = []
    answers: list[AgreedAnswer] = []
    mass_call: bool = False
    resources: list[Resource] = []
    sent_up: list[SentUp] = []
    report_due: datetime | None = None
    report_overdue: bool = False
    reports: int = 0
    sitrep_due: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    end_reason: str = ""
    findings: list[str] = []
    injects: list[Injected] = []
    lines: int = 0

    @property
    def is_drill(self) -> bool:
        return self.exercise != Exercise.ACTUAL

    @property
    def answer(self) -> AgreedAnswer | None:
        """The one that is agreed now."""
        return next((one for one in reversed(self.answers) if one.status == "agreed"), None)

    def task(self, key: str) -> Task | None:
        return next((one for one in self.tasks if one.key == key), None)

    def broadcast(self, broadcast_id: UUID) -> Broadcast | None:
        return next((one for one in self.broadcasts if one.id == broadcast_id), None)

    def resource(self, resource_id: UUID) -> Resource | None:
        return next((one for one in self.resources if one.id == resource_id), None)
