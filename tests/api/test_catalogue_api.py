"""The transfer list over HTTP: who may read, draft, propose and agree, and what a wrong file is answered with."""

import io

import openpyxl
import pytest

from apis import open_api, problem
from liandong.catalogue.workbook import write_workbook
from lists import SAUCERS, turn, with_saucers

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATH = "/api/v1/catalogue/versions"


@pytest.fixture
async def police(city):
    async with open_api(city.centre("110")) as opened:
        yield opened


async def drafted(api, data=None, who="supervisor"):
    return await api.send(f"{PATH}?peer=110&title=x", data or write_workbook(with_saucers()), who, content_type=XLSX)


async def act(api, version, action, who="supervisor", **fields):
    return await api.post(
        f"{PATH}/{version['id']}/actions", {"action": action, "digest": version["digest"]} | fields, who
    )


async def test_a_workbook_becomes_a_draft_is_proposed_agreed_and_in_force(api, police, city):
    draft = (await drafted(api)).json()
    assert draft["status"] == "draft"
    proposed = await act(api, draft, "propose", effective_from="2025-03-04")
    assert proposed.json()["status"] == "proposed"
    await turn(city)
    seen = (await police.get(f"{PATH}/{draft['id']}", "auditor")).json()
    assert seen["faults"] == seen["allowed_actions"] == []
    assert (await police.get(f"{PATH}/{draft['id']}", "admin")).json()["allowed_actions"] == ["agree", "decline"]
    assert (await act(police, draft, "agree", "admin")).status_code == 200
    await turn(city)
    now = (await api.get("/api/v1/catalogue", "call_taker")).json()
    assert now["versions"]["110"]["id"] == draft["id"]
    assert now["items"] == {"12345→110": 65, "110→12345": 105}
    order = await api.takes(SAUCERS)
    assert order["verdict"]["target"] == "110"
    assert order["facts"]["catalogue"] == now["catalogue"]
    changes = (
        await api.get("/api/v1/catalogue/diff", "auditor", before="shipped", after="in-force", peer="110")
    ).json()
    assert [(one["kind"], one["code"]) for one in changes] == [("added", "P0213")]
    events = [row["event"] for row in (await api.get(f"{PATH}/{draft['id']}", "auditor")).json()["log"]]
    assert events == [
        "catalogue.drafted",
        "catalogue.proposed",
        "catalogue.agreed_by_peer",
        "catalogue.came_into_force",
    ]


async def test_a_file_with_a_hole_is_refused_with_the_cell(api):
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(with_saucers())))
    book["110→12345"]["D7"] = None
    stream = io.BytesIO()
    book.save(stream)
    refused = problem(await drafted(api, stream.getvalue()))
    assert (refused["code"], refused["status"]) == ("catalogue_invalid", 400)
    assert refused["fields"][0]["field"] == "110→12345!D（事项）7"
    assert "第 7 行" in refused["detail"]
    assert (await api.get(PATH, "auditor")).json()["versions"] == []


async def test_who_may_read_and_who_may_act(api):
    draft = (await drafted(api)).json()
    assert problem(await drafted(api, who="call_taker"))["code"] == "not_permitted"
    assert problem(await drafted(api, who="auditor"))["code"] == "not_permitted"
    assert (await api.get(PATH, "auditor")).status_code == 200
    assert problem(await api.get(PATH, "call_taker"))["code"] == "not_permitted"
    assert problem(await api.get("/api/v1/catalogue/file", "unit", version=draft["id"]))["code"] == "not_permitted"
    file = await api.get("/api/v1/catalogue/file", "call_taker", version="in-force", peer="110")
    assert openpyxl.load_workbook(io.BytesIO(file.content)).sheetnames[1] == "12345→110"
    assert problem(await act(api, draft, "propose", "auditor", effective_from="2025-07-01"))["code"] == "not_permitted"


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"effective_from": "2025-02-30"}, "field_invalid"),
        ({"effective_from": "2025-03-03"}, "guard_refused"),
        ({"digest": "00" * 32, "effective_from": "2025-07-01"}, "guard_refused"),
        ({"digest": "x"}, "field_invalid"),
        ({"action": "come_into_force"}, "field_invalid"),
        ({"action": "agree"}, "action_not_allowed"),
    ],
)
async def test_a_wrong_step_is_refused_with_its_code(api, fields, code):
    draft = (await drafted(api)).json()
    body = {"action": "propose", "digest": draft["digest"]} | fields
    assert problem(await api.post(f"{PATH}/{draft['id']}/actions", body, "admin"))["code"] == code


async def test_what_does_not_exist_is_not_found(api):
    nobody = "00000000-0000-0000-0000-000000000001"
    assert problem(await api.get(f"{PATH}/{nobody}", "admin"))["code"] == "not_found"
    assert problem(await act(api, {"id": nobody, "digest": "00" * 32}, "withdraw"))["code"] == "not_found"
    assert problem(await api.get("/api/v1/catalogue/diff", "admin", after=nobody, before=nobody))["code"] == "not_found"
    answer = await api.get("/api/v1/catalogue/file", "admin", version="in-force", peer="119")
    assert problem(answer)["code"] == "no_such_peer"


async def test_a_page_ends_and_the_next_begins_there(api):
    made = [(await drafted(api)).json()["id"] for _ in range(3)]
    first = (await api.get(PATH, "admin", limit=2)).json()
    second = (await api.get(PATH, "admin", limit=2, before=first["next"])).json()
    assert [v["id"] for v in (*first["versions"], *second["versions"])] == made[::-1]
    assert second["next"] is None
