"""The line between the centres: cut, slow, dripping, and a peer that answers nonsense. Each centre goes on; everything arrives once."""

import asyncio
import os

import pytest
from faulty_town import CENTRES, Place
from networks import network

import nonsense

pytestmark = pytest.mark.processes

CUT = 120.0 if os.environ.get("FAULTS") == "all" else 3.0  # seconds


async def test_the_line_is_cut_slow_and_leads_to_somebody_else(open_rig):
    rig = await open_rig()
    gates = rig.town.gates

    async def cut(_):
        for gate in gates.values():
            await gate.cut()
        await asyncio.sleep(CUT)
        for gate in gates.values():
            await gate.mend()

    async def slow(_):
        for gate in gates.values():
            gate.slow(delay=0.3, rate=30_000)
        await asyncio.sleep(CUT)
        passed = sum(gate.passed for gate in gates.values())
        assert passed > 0, "a slow line is not a cut line"
        for gate in gates.values():
            await gate.mend()

    async def nobody_sensible(_):
        strange = {centre: nonsense.Nonsense() for centre in CENTRES}
        for centre, gate in gates.items():
            gate.answer_with(strange[centre])
        await asyncio.sleep(CUT)
        assert all(answerer.given for answerer in strange.values())
        for gate in gates.values():
            await gate.mend()

    await rig.suffer(f"the line is cut for {CUT:.0f} s", cut)
    await rig.suffer("a slow line, 0.3 s and 30 kB/s", slow)
    await rig.suffer("a peer that answers nonsense", nobody_sensible)


async def test_a_real_network_is_cut(open_rig):
    """110 is in a network of its own; what is sent into the cut is answered by nobody, as when a cable is pulled."""
    with network() as link:
        near = Place(listen="0.0.0.0", peer=link.here)
        far = Place(listen="0.0.0.0", desk=link.desk, peer=link.there, prefix=link.prefix)
        rig = await open_rig(places={"12345": near, "110": far})

        async def cut(_):
            link.cut()
            await asyncio.sleep(CUT)
            link.mend()

        await rig.suffer(f"a real network is cut for {CUT:.0f} s", cut)
