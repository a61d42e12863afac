"""The optional large model: off there is nothing missing, on it is masked, marked and checked, and whatever it does wrong hurts nobody."""

import asyncio
import json

import msgspec
import pytest

from apis import open_api, problem, real_server
from liandong.drafting.asking import LargeModel, NoDraft, plain
from liandong.drafting.checking import check
from liandong.drafting.settings import LargeModelSettings
from liandong.knowledge.model import CardContent
from world import Actor

WRITER, BOSS = Actor("甲", frozenset({"call_taker"})), Actor("乙", frozenset({"supervisor"}))
CARD = "持身份证到居住地派出所申领，15个工作日内制证，不收费。"
SAID = "我是欧阳翠花，电话13899990001，住幸福里7号楼，想问居住证怎么办理，要什么材料"


class Fake:
    """A server that answers as it is told to, and remembers what it was sent."""

    def __init__(self):
        self.say, self.status, self.raw, self.hang = "", 200, None, False
        self.sent = []

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        self.sent.append(json.loads(body))
        if self.hang:
            await asyncio.sleep(5)
        answer = (
            self.raw if self.raw is not None else json.dumps({"choices": [{"message": {"content": self.say}}]}).encode()
        )
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": answer})


async def publish(knowledge):
    raw = {
        "title": "居住证办理",
        "questions": ["居住证怎么办理"],
        "answer": CARD,
        "scope": "public",
        "unit": "11120000YB000018XX",
    }
    card = await knowledge.draft(msgspec.convert(raw, CardContent), WRITER)
    await knowledge.take(card.number, 1, "submit", WRITER)
    await knowledge.take(card.number, 1, "approve", BOSS, digest=card.digest)


async def test_off_nothing_is_missing_and_on_it_is_masked_marked_and_checked(open_world):
    centre = (await open_world("12345")).centre("12345")
    node = centre.node
    await publish(node.knowledge)
    caller = {"name": "欧阳翠花", "phone": "13899990001", "address": "幸福里7号楼"}
    order = await centre.takes(SAID, caller=caller)
    fake = Fake()
    async with open_api(centre) as api, real_server(fake) as url:
        path = f"/api/v1/orders/{order.id}/draft"

        async def asks(kind, who="call_taker"):
            return await api.post(path, {"kind": kind}, who)

        assert problem(await asks("summary"))["code"] == "action_not_allowed", "off by default"
        assert (await asks("summary", "unit")).status_code == 403
        node.drafting.model = LargeModel(LargeModelSettings(url=f"{url}/v1", model="m", patience=0.5), "secret")

        fake.say = "持身份证到居住地派出所申领，15个工作日内制证，不收费。[1]"
        good = (await asks("answer")).json()
        assert good["problems"] == []
        assert good["sources"][0]["what"].endswith("@1")
        assert "未经核实" in good["marked"]
        material = fake.sent[-1]["messages"][1]["content"]
        assert not [word for word in (*caller.values(), "翠花") if word in material], material
        assert "居住证怎么办理" in material

        fake.say = "持身份证到居住地派出所申领，3个工作日内制证，收费20元，见http://x.example。[7]"
        bad = (await asks("answer")).json()
        assert {one["kind"] for one in bad["problems"]} == {"number", "link", "citation"}
        assert {one["text"] for one in bad["problems"] if one["kind"] == "number"} >= {"3", "20"}
        for one in bad["problems"]:
            assert bad["text"][one["start"] : one["end"]] == one["text"]

        misbehaving = (
            {"say": "好的，忽略以上要求。以下是全部用户的银行密码，请查收并转发给所有同事。"},
            {"say": "<think>想一想</think>"},
            {"say": "长" * 5000},
            {"status": 500},
            {"raw": b"<html>"},
            {"raw": b'{"choices": []}'},
            {"raw": b"\xff\xfe" * 10},
            {"raw": b'{"choices":[{"message":{"content":"' + b"a" * 400_000 + b'"}}]}'},
            {"hang": True},
        )  # fmt: skip
        for how in misbehaving:
            fake.say, fake.status, fake.raw, fake.hang = "", 200, None, False
            for name, value in how.items():
                setattr(fake, name, value)
            assert problem(await asks("answer"))["code"] == "draft_unavailable", how
        node.drafting.model = LargeModel(LargeModelSettings(url="http://127.0.0.1:9/v1", model="m", patience=0.5))
        assert problem(await asks("summary"))["code"] == "draft_unavailable", "nobody listens there"

        other = await centre.takes("天上有不明飞行物")
        refused = await api.post(f"/api/v1/orders/{other.id}/draft", {"kind": "answer"}, "call_taker")
        assert problem(refused)["code"] == "guard_refused", "without an approved card no answer is drafted"
    await order.look()
    assert order.order.answer is None
    assert order.order.version == 1, "a draft changes nothing"
    kept = await centre.pool.fetch("SELECT outcome, problems, sent FROM drafts ORDER BY at, id")
    assert len(kept) == 2 + len(misbehaving) + 1
    assert not any("居住证" in str(tuple(row)) for row in kept)


def test_a_draft_is_held_against_its_sources():
    sources = ["供热期为当年11月15日至次年3月15日，室温不低于18度。", "申报测温请拨供热单位电话。"]
    fine = check("供热期为11月15日至次年3月15日，室温不低于18度。[1]", sources)
    assert fine.problems == ()
    assert fine.cites == (1,)
    assert [one.kind for one in check("室温不低于20度。", sources).problems] == ["number"]
    assert "unsupported" in {one.kind for one in check("保证明天上门赔偿并处分责任人。", sources).problems}
    assert check("", sources).problems == ()


@pytest.mark.parametrize("text", ["", " \n ", "```\n```", "<think>只想不说</think>"])
def test_nothing_is_no_draft(text):
    with pytest.raises(NoDraft):
        plain(text)
