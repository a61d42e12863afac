"""The services of a centre: the last level of its classes, as the city's table says."""

from functools import cache

from liandong.catalogue.centres import Kind
from liandong.catalogue.units import rows_of
from liandong.open311.model import Attribute, Definition, Open311Policy, Service


class Services:
    """`kind`: of the centre's orders, which decides the list of classes."""

    def __init__(self, policy: Open311Policy, kind: Kind) -> None:
        self.policy = policy
        rule = policy.services[kind.value]
        rows = {row["code"]: row for row in rows_of(rule.classes)}
        parents = {row["parent"] for row in rows.values()}
        leaves = [code for code in rows if code not in parents]
        chosen = [code for code in leaves if not rule.under or any(code.startswith(one) for one in rule.under)]
        self._services = {code: self._service(rows[code], rows) for code in chosen}

    def _service(self, row: dict[str, str], rows: dict[str, dict[str, str]]) -> Service:
        above = rows.get(row["parent"])
        top = above
        while top is not None and top["parent"]:
            top = rows.get(top["parent"])
        return Service(
            service_code=row["code"],
            service_name=row["name"],
            description=f"{above['name']}：{row['name']}" if above else row["name"],
            metadata=any(one.asked_for(row["code"]) for one in self.policy.attributes),
            type="realtime",
            keywords=above["name"] if above else None,
            group=top["name"] if top else None,
        )

    @property
    def all(self) -> list[Service]:
        return list(self._services.values())

    def get(self, code: str) -> Service | None:
        return self._services.get(code)

    def name_of(self, code: str | None) -> str | None:
        """The Chinese name of any class, offered as a service or not."""
        return class_names().get(code or "")

    def definition(self, code: str) -> Definition | None:
        if code not in self._services:
            return None
        asked = [one for one in self.policy.attributes if one.asked_for(code)]
        return Definition(
            code,
            [
                Attribute(True, one.code, one.datatype, one.required, None, place, one.description, one.values)
                for place, one in enumerate(asked, start=1)
            ],
        )


@cache
def class_names() -> dict[str, str]:
    return {row["code"]: row["name"] for name in ("matter_classes.csv", "police_classes.csv") for row in rows_of(name)}
