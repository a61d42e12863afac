"""The simulated disk keeps the rules of the real one."""

from .constraints import ELSEWHERE, IN_FORCE, ORDERS, TRANSFERS, UNIQUE


def test_every_constraint_of_orders_and_transfers_is_asked_or_said_not_to_be():
    assert not IN_FORCE - (ORDERS.keys() | TRANSFERS.keys() | UNIQUE.keys() | ELSEWHERE)
