"""The description of the interface, health, figures, and what happens when the database is away."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from apis import open_api, problem, real_server
from liandong.api import create_app
from liandong.orders.actions import person_actions
from proxies import open_wire
from world import World


@pytest.fixture
def document():
    return create_app(None).openapi_schema.to_schema()


def test_every_route_is_described(document):
    app = create_app(None)
    served = {
        re.sub(r"{(\w+):\w+}", r"{\1}", route.path) for route in app.routes if not route.path.startswith("/schema")
    }
    assert served - {"/", "/{path}"} == set(document["paths"])  # the console's files
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["responses"], (method, path)


def test_every_action_has_its_schema_with_its_required_fields(document):
    schemas = document["components"]["schemas"]
    for name, kind in person_actions().items():
        schema = next(
            s
            for s in schemas.values()
            if s.get("properties", {}).get("action", {}).get("const") == name
            or name in (s.get("properties", {}).get("action", {}).get("enum") or ())
        )
        assert "version" in schema["required"], name
        wanted = {f for f in kind.__struct_fields__ if f in schema["properties"]}
        assert wanted == set(kind.__struct_fields__), name


def test_the_idempotency_key_is_described(document):
    parameters = document["paths"]["/api/v1/orders"]["post"]["parameters"]
    assert "idempotency-key" in {p["name"].lower() for p in parameters if p["in"] == "header"}


def test_every_mutation_describes_its_problems(document):
    for path, methods in document["paths"].items():
        if path.startswith("/api/") and "post" in methods:
            assert set(methods["post"]["responses"]) >= {"400", "401", "403", "404", "409"}, path


async def test_health_says_who_it_is(api):
    answer = await api.client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["centre"] == "12345"


async def test_the_figures_parse_and_count_what_waits(api, city):
    order = await city.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await api.takes()
    text = (await api.client.get("/metrics")).text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    pending = {s.labels["peer"]: s.value for s in families["liandong_outbox_pending"].samples}
    assert pending == {"110": 1}
    assert {"liandong_outbox_dead", "liandong_clocks_late", "liandong_requests", "liandong_request_seconds"} <= set(
        families
    )
    routes = {s.labels["route"] for s in families["liandong_requests"].samples}
    assert not [route for route in routes if re.search(r"[0-9a-f]{8}-", route)]


@pytest.fixture
async def wired(databases, tmp_path):
    """A centre whose database hangs on a wire that can be cut."""
    name = await databases.create()
    async with open_wire(databases.dsn(name)) as wire:

        class Wired:
            """Stands for the databases of a world: the one that is there already."""

            async def create(self):
                return name

            async def drop(self, *_):
                return

            def dsn(self, _):
                return wire.dsn

        async with World.open(Wired(), tmp_path / "city", ("12345",)) as city, open_api(city.centre("12345")) as api:
            yield api, wire
            await wire.mend()
    await databases.drop(name)


async def test_without_its_database_a_node_says_so_everywhere_and_comes_back_by_itself(wired):
    api, wire = wired
    order = await api.takes()
    await wire.cut()
    health = await api.client.get("/health")
    assert (health.status_code, health.json()["status"]) == (503, "degraded")
    asked = {
        "take in": await api.post("/api/v1/orders", {"content": "x"}, idempotency_key="k"),
        "act": await api.act(order, "supplement", text="x"),
        "list": await api.get("/api/v1/orders"),
        "show": await api.get(f"/api/v1/orders/{order['id']}"),
        "events": await api.get(f"/api/v1/orders/{order['id']}/events"),
        "unmask": await api.post(f"/api/v1/orders/{order['id']}/unmask", {"reason": "回访"}),
        "metrics": await api.client.get("/metrics"),
        "feed": await api.get("/api/v1/feed"),
    }
    for name, answer in asked.items():
        assert answer.status_code == 503, (name, answer.status_code, answer.text)
        assert problem(answer)["code"] == "try_again"
    await wire.mend()
    again = await api.post("/api/v1/orders", {"content": "x"}, idempotency_key="k")
    assert again.status_code == 201, again.text
    assert (await api.client.get("/health")).status_code == 200
    assert (await api.act(order, "supplement", text="x")).status_code == 200


async def test_a_node_without_database_still_refuses_a_wrong_key(wired):
    api, wire = wired
    await api.takes()
    await wire.cut()
    answer = await api.client.get("/api/v1/orders", headers={"authorization": "Bearer nobody"})
    assert answer.status_code in {401, 503}
    await wire.mend()


async def test_the_same_over_a_real_socket(api):
    async with real_server(create_app(None, api.centre.node)) as address:
        import httpx

        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{address}/health")).status_code == 200
            assert (await client.get(f"{address}/schema/openapi.json")).json()["info"]["title"].startswith("Liandong")
