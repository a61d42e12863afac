"""How an order is shown: with what this actor may do, its clocks and transfers, and a caller's data masked (domain §6)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from liandong.attachments.model import Attachment, visible
from liandong.core.lifecycle import Transition
from liandong.handling.model import Handling
from liandong.linkage.model import Hop, Transfer
from liandong.orders.actions import person_actions, required_fields
from liandong.orders.context import Actor
from liandong.orders.decide import allowed_actions
from liandong.orders.hiding import Hidden
from liandong.orders.model import Call, Caller, Dispatch, Feedback, Involved, Order, Snapshot
from liandong.oversight.model import Oversight

_NEEDS = {name: required_fields(kind) for name, kind in person_actions().items()}
_FIELDS = {
    name: [f.encode_name for f in msgspec.structs.fields(kind) if f.name != "version"]
    for name, kind in person_actions().items()
}

_ALLOWED: dict[tuple[str, str, str, tuple[str, ...]], "AllowedAction"] = {}


class AllowedAction(Struct, frozen=True):
    """`needs`: the fields that must be given with it, `takes`: those that may."""

    action: str
    label: str
    label_en: str
    needs: list[str]
    takes: list[str]


class ClockView(Struct, frozen=True):
    name: str
    status: str
    due_at: datetime
    reason: str | None = None


class OrderView(Order, frozen=True, kw_only=True):
    """An order as the API answers it. Personal data is masked; `unmask` shows it and keeps a record."""

    allowed_actions: list[AllowedAction]
    clocks: list[ClockView]
    dispatches: list[Dispatch]
    transfers: list[Transfer]
    attachments: list[Attachment]
    oversights: list[Oversight]


class Unmasked(Struct, frozen=True):
    order_id: UUID
    caller: Caller


class Masked(Struct, frozen=True):
    """What this actor sees of the caller. A confidential caller does not exist for the unit."""

    confidential: bool
    unit: str | None = None

    @classmethod
    def of(cls, snapshot: Snapshot, actor: Actor) -> "Masked":
        return cls(snapshot.order.confidential and actor.unit is not None, actor.unit)

    def caller(self, caller: Caller) -> Caller:
        if self.confidential:
            return Caller()
        return msgspec.structs.replace(
            caller,
            name=mask_name(caller.name),
            phone=mask_phone(caller.phone),
            contact_phone=mask_phone(caller.contact_phone),
            subscriber_name=mask_name(caller.subscriber_name),
            subscriber_address=mask_address(caller.subscriber_address),
            address=mask_address(caller.address),
        )

    def body(self, body: Any) -> Any:
        """A ledger body for the screen: the caller's data in what was asked is masked the same way.

        Of a confidential attachment a unit learns that there is one, and nothing more.
        """
        attachment = body.get("attachment") if isinstance(body, dict) else None
        if self.unit is not None and isinstance(attachment, dict) and attachment.get("confidential"):
            return {"attachment": {"confidential": True}}
        asked = body.get("asked") if isinstance(body, dict) else None
        if isinstance(asked, dict) and asked.get("people"):
            people = [msgspec.to_builtins(mask_person(msgspec.convert(one, Involved))) for one in asked["people"]]
            return body | {"asked": asked | {"people": people}}
        if self.confidential and isinstance(asked, dict) and "reached" in asked:
            body = body | {"asked": asked | {"text": ""}}  # what a hidden caller said to the hotline
        if not isinstance(asked, dict) or not asked.get("caller"):
            return body
        masked = self.caller(msgspec.convert(asked["caller"], Caller))
        return body | {"asked": asked | {"caller": msgspec.to_builtins(masked)}}


def view(snapshot: Snapshot, actor: Actor) -> OrderView:
    order = snapshot.order
    fields = {name: getattr(order, name) for name in Order.__struct_fields__}
    fields["caller"] = Masked.of(snapshot, actor).caller(order.caller)
    fields["feedback"] = mask_feedback(order.feedback)
    fields["path"] = path_of(order)
    hidden = Hidden.of(snapshot, actor)
    fields["handling"] = msgspec.structs.replace(order.handling, known_by=[])
    if hidden.words:
        fields |= {"call": Call(), "handling": _without_desk_contacts(fields["handling"])}
    shown = OrderView(
        **fields,
        allowed_actions=[_allowed(row) for row in allowed_actions(snapshot, actor)],
        clocks=[ClockView(t.name, t.status, t.due_at, t.reason) for t in snapshot.timers or ()],
        dispatches=snapshot.dispatches or [],
        transfers=snapshot.transfers or [],
        attachments=visible(snapshot.attachments, actor.unit),
        oversights=snapshot.oversights or [],
    )
    return hidden.struct(shown)


def _without_desk_contacts(handling: Handling) -> Handling:
    """What a hidden caller said to the hotline is for the hotline."""
    contacts = [c if c.unit else msgspec.structs.replace(c, text="") for c in handling.contacts]
    return msgspec.structs.replace(handling, contacts=contacts)


def callers_of(bodies: list[Any]) -> list[Caller]:
    """The caller as each event of a ledger had it."""
    said = [body.get("asked") for body in bodies if isinstance(body, dict)]
    return [msgspec.convert(one["caller"], Caller) for one in said if isinstance(one, dict) and one.get("caller")]


def path_of(order: Order) -> list[Hop]:
    """The centres that have had the matter in this round. Our own hop is written before our number is given: it is filled in here."""
    return [hop if hop.number else msgspec.structs.replace(hop, number=order.number or "") for hop in order.path]


def _allowed(row: Transition) -> AllowedAction:
    """The same for every order: made once for each row of the tables."""
    key = row.action, row.label, row.label_en, row.sends
    made = _ALLOWED.get(key)
    if made is None:
        made = _ALLOWED[key] = _allowed_by(row)
    return made


def _allowed_by(row: Transition) -> AllowedAction:
    needs = _NEEDS[row.action]
    if "transfer.offered.v1" in row.sends and "to" in _FIELDS[row.action] and "to" not in needs:
        needs = [*needs, "to"]  # a negotiation that is opened anew needs the other centre
    return AllowedAction(row.action, row.label, row.label_en, needs, [f for f in _FIELDS[row.action] if f not in needs])


def mask_phone(phone: str) -> str:
    """138****1234."""
    return phone if len(phone) < 7 else f"{phone[:3]}****{phone[-4:]}"


def mask_id(number: str) -> str:
    """The first 6 and the last 4."""
    return number if len(number) <= 10 else number[:6] + "*" * (len(number) - 10) + number[-4:]


def mask_person(person: Involved) -> Involved:
    shown = {"name": mask_name(person.name), "id_number": mask_id(person.id_number), "phone": mask_phone(person.phone)}
    return msgspec.structs.replace(person, **shown)


def mask_feedback(feedback: Feedback | None) -> Feedback | None:
    """The people that the unit met are shown like the caller: `part` and `handled` stay."""
    if feedback is None or not feedback.people:
        return feedback
    return msgspec.structs.replace(feedback, people=[mask_person(one) for one in feedback.people])


def mask_name(name: str) -> str:
    return name[:1] + "*" * (len(name) - 1)


def mask_address(address: str) -> str:
    """The district stays; the door does not."""
    return address if len(address) <= 6 else address[:6] + "****"
