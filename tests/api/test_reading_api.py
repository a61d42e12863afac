"""What the desk is told while it types: nothing is kept, nobody else may ask."""


async def test_a_text_is_read_and_nothing_is_kept(api):
    said = {"content": "和平区劝业场街道滨江道88号煤气泄漏，有人晕倒了"}
    read = (await api.post("/api/v1/intake/read", said)).json()
    assert read["verdict"]["decision"] == "transfer_urgent"
    assert read["verdict"]["target"] == "110"
    assert read["verdict"]["reason"]
    assert read["verdict"]["spans"]
    assert read["facts"]["danger"]
    assert read["level"] == 1
    assert read["where"]["division_code"] == "120101001"
    assert (await api.get("/api/v1/orders")).json()["orders"] == []


async def test_what_the_desk_said_stands(api):
    said = {"content": "和平区劝业场街道滨江道88号煤气泄漏", "type": "complaint", "facts": {"danger": False}}
    read = (await api.post("/api/v1/intake/read", said)).json()
    assert read["type"] == "complaint"
    assert not read["facts"]["danger"]
    assert read["facts"]["overruled"] == ["danger"]
    assert read["verdict"]["decision"] != "transfer_urgent"


async def test_a_reading_is_what_taking_in_would_decide(api):
    for content in ("小区停车纠纷双方要打起来了", "咨询养老金怎么领取", "路灯坏了"):
        read = (await api.post("/api/v1/intake/read", {"content": content})).json()
        taken = await api.takes(content)
        assert read["verdict"]["decision"] == taken["verdict"]["decision"], content
        assert read["verdict"]["target"] == taken["verdict"]["target"], content


async def test_it_is_for_the_desk(api):
    assert (await api.post("/api/v1/intake/read", {"content": "路灯坏了"}, "unit")).status_code == 403
