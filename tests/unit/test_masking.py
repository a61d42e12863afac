"""What is seen of a caller."""

import pytest

from liandong.orders.model import Caller
from liandong.orders.view import Masked, mask_address, mask_name, mask_phone

WANG = Caller(
    name="王小明",
    phone="13800001234",
    contact_phone="022-23456789",
    subscriber_name="李四",
    subscriber_address="和平区南京路1号3门201",
    address="河西区友谊路2号",
    foreign_language="英语",
)


@pytest.mark.parametrize(
    "phone, shown", [("13800001234", "138****1234"), ("022-23456789", "022****6789"), ("110", "110"), ("", "")]
)
def test_a_phone_number_keeps_its_ends(phone, shown):
    assert mask_phone(phone) == shown


@pytest.mark.parametrize("name, shown", [("王小明", "王**"), ("王", "王"), ("", ""), ("Smith", "S****")])
def test_a_name_keeps_its_first_sign(name, shown):
    assert mask_name(name) == shown


def test_an_address_keeps_its_district_and_loses_its_door():
    assert mask_address("和平区南京路1号3门201") == "和平区南京路****"
    assert mask_address("和平区") == "和平区"


def test_nothing_personal_is_left_open():
    shown = Masked(confidential=False).caller(WANG)
    for name in ("name", "phone", "contact_phone", "subscriber_name", "subscriber_address", "address"):
        assert getattr(shown, name) != getattr(WANG, name), name
        assert "*" in getattr(shown, name), name
    assert shown.foreign_language == "英语"


def test_a_confidential_caller_does_not_exist():
    assert Masked(confidential=True).caller(WANG) == Caller()


def test_the_ledger_s_words_are_masked_the_same_way():
    body = {"asked": {"content": "x", "caller": {"name": "王小明", "phone": "13800001234"}}, "decision": "keep"}
    shown = Masked(confidential=False).body(body)
    assert shown["asked"]["caller"] == {"name": "王**", "phone": "138****1234"}
    assert shown["asked"]["content"] == "x"
    assert Masked(confidential=True).body(body)["asked"]["caller"] == {}


@pytest.mark.parametrize("body", [None, [], {}, {"asked": None}, {"asked": []}, {"asked": {"caller": {}}}])
def test_a_ledger_body_without_a_caller_stays_as_it_is(body):
    assert Masked(confidential=False).body(body) == body
