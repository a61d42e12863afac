"""A desk that does what the kit's offers ask of it, through a node's API as people do: accepts, finishes, agrees to a recall."""

import asyncio
import contextlib
from typing import Any

import httpx

POLICE = [("dispatch", True), ("acknowledge", False), ("arrive", False), ("start_disposing", False), ("feed_back", False)]  # fmt: skip
WORK = [("dispatch", True), ("sign_for", False), ("start_handling", False), ("answer", False)]
RESULT = {"feed_back": {"result": "已处置"}, "answer": {"answer": "已处理"}}


class Desk:
    def __init__(self, url: str, token: str, unit: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=10, trust_env=False
        )
        self._unit = unit

    async def keep_working(self) -> None:
        """Runs until cancelled."""
        async with self._client:
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    page = (await self._client.get("/api/v1/orders", params={"open": True, "limit": 50})).json()
                    for order in page.get("orders", ()):
                        await self._look_at(order)
                await asyncio.sleep(0.3)

    async def _look_at(self, order: dict[str, Any]) -> None:
        may = {allowed["action"] for allowed in order["allowed_actions"]}
        if any(transfer.get("recall") and transfer["direction"] == "in" for transfer in order["transfers"]):
            if "agree_recall" in may:
                await self._act(order, "agree_recall")
        elif "please accept" in order["content"] and order["status"] == "offered":
            order = await self._act(order, "accept_transfer")
            if "finish" in order["content"]:
                await self._finish(order)

    async def _finish(self, order: dict[str, Any]) -> None:
        for action, with_unit in POLICE if order["kind"] == "police_order" else WORK:
            order = await self._act(order, action, **({"unit": self._unit} if with_unit else RESULT.get(action, {})))

    async def _act(self, order: dict[str, Any], action: str, **fields: Any) -> dict[str, Any]:
        body = {"action": action, "version": order["version"]} | fields
        answer = await self._client.post(f"/api/v1/orders/{order['id']}/actions", json=body)
        if answer.status_code not in {200, 409}:
            raise AssertionError(f"{action}: {answer.text}")
        return answer.json() if answer.status_code == 200 else order
