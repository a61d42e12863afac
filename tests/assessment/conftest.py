import pytest

from liandong.assessment import reading
from liandong.detectors import running
from patience import wait_before


@pytest.fixture(autouse=True)
def whatever_was_committed_is_read(monkeypatch):
    for module in (reading, running):
        wait_before(monkeypatch, module, "next_batch")
