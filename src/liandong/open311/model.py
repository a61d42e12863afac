"""What GeoReport v2 answers, field by field (wiki.open311.org/GeoReport_v2), and the city's table of what it offers."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct


class Value(Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    name: str


class AttributeRule(Struct, frozen=True, forbid_unknown_fields=True):
    """`under`: classes (their first digits) that it is asked for, empty for all. `field`: where in the matter it goes, empty: into the words."""

    code: str
    datatype: Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
    required: bool
    description: str
    values: list[Value]
    under: list[str] = []
    field: Literal["", "type", "occurred_at", "confidential", "exercise"] = ""

    def asked_for(self, code: str) -> bool:
        return not self.under or any(code.startswith(one) for one in self.under)


class ServicesRule(Struct, frozen=True, forbid_unknown_fields=True):
    classes: str
    under: list[str]


class Open311Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """`public`: whoever has no key may see where requests stand, without words and with coarse places.

    `days`: the widest range of a list; `most`: requests in one answer. `updates`: what an event is called outside; others are not told.
    """

    jurisdiction: str
    contact: str
    public: bool
    answers_with_token: bool
    days: int
    most: int
    coarse_decimals: int
    services: dict[str, ServicesRule]
    attributes: list[AttributeRule]
    updates: dict[str, str]


def load_open311(path: Path) -> Open311Policy:
    return msgspec.json.decode(path.read_bytes(), type=Open311Policy)


@cache
def default_open311() -> Open311Policy:
    """The shipped table."""
    return msgspec.json.decode(files("liandong.open311").joinpath("data/open311.json").read_bytes(), type=Open311Policy)


class Service(Struct, frozen=True):
    service_code: str
    service_name: str
    description: str | None
    metadata: bool
    type: Literal["realtime", "batch", "blackbox"]
    keywords: str | None
    group: str | None


class Attribute(Struct, frozen=True):
    variable: bool
    code: str
    datatype: str
    required: bool
    datatype_description: str | None
    order: int
    description: str
    values: list[Value]


class Definition(Struct, frozen=True):
    service_code: str
    attributes: list[Attribute]


class Taken(Struct, frozen=True, omit_defaults=True):
    """The answer to a request that was handed in: its id, or a token that gives the id."""

    service_notice: str | None
    account_id: str | None
    service_request_id: str = ""
    token: str = ""


class Token(Struct, frozen=True):
    service_request_id: str
    token: str


class ServiceRequest(Struct, frozen=True):
    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str | None
    service_name: str | None
    service_code: str
    description: str | None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: datetime
    updated_datetime: datetime | None
    expected_datetime: datetime | None
    address: str | None
    address_id: str | None
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: str | None


class Update(Struct, frozen=True):
    update_id: str
    service_request_id: str
    status: Literal["open", "closed"]
    updated_datetime: datetime
    description: str
    media_url: str | None


class UpdateTaken(Struct, frozen=True):
    update_id: str


class Fault(Struct, frozen=True):
    code: int
    description: str
