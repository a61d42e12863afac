"""The centres' clocks differ by minutes, and so do those of one centre's machines: matters go over at once and no deadline comes early."""

import pytest
from callers import Callers
from faulty_town import until

pytestmark = pytest.mark.processes

MINUTES = 3


async def test_the_clocks_of_the_centres_are_minutes_apart(open_rig):
    """110 is six minutes ahead of 12345."""
    offsets = {"12345": -MINUTES, "110": MINUTES}
    rig = await open_rig(environment={centre: {"LIANDONG_CLOCK_OFFSET": str(60 * n)} for centre, n in offsets.items()})

    async def nothing_more(_):
        pass

    await rig.suffer(f"clocks {2 * MINUTES} minutes apart", nothing_more)
    for centre in offsets:
        early = await rig.town.rows(
            centre, "SELECT body FROM events WHERE kind = 'clock.overdue' AND body LIKE '%transfer_accept%'"
        )
        assert early == []


async def test_a_machine_whose_clock_is_ahead_delays_no_message(open_rig):
    """The API writes the message, the worker of the same centre sends it: it may not wait until its own clock has come so far."""
    ahead = {"LIANDONG_CLOCK_OFFSET": str(60 * MINUTES)}
    rig = await open_rig(environment={"12345 serve": ahead}, parts=("serve", "work"))
    callers = Callers(rig.town)
    order = await callers.takes("12345", "小区有人偷电动车")
    await callers.presses("12345", order["id"], "offer_transfer", to="110")
    await until(lambda: callers.look("110", order["matter_id"]), "110 is asked", patience=20)
