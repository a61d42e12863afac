"""The setting of a tile service: what a page must let in, and what is refused at start."""

import msgspec
import pytest

from liandong.console.serving import safe
from liandong.settings import TileSettings


def test_every_host_of_every_layer_is_let_in_for_pictures_and_for_nothing_else():
    tiles = TileSettings(
        url="https://t{s}.example.cn/a?x={x}&y={y}&l={z}",
        layers=["https://names.example.cn:8443/{s}/{z}/{x}/{y}.png"],
        hosts=["0", "1"],
    )
    assert tiles.origins == ("https://t0.example.cn", "https://t1.example.cn", "https://names.example.cn:8443")
    policy = dict(part.strip().split(" ", 1) for part in safe(tiles.origins)["content-security-policy"].split(";"))
    assert policy["img-src"].endswith("https://t0.example.cn https://t1.example.cn https://names.example.cn:8443")
    assert all("example.cn" not in sources for name, sources in policy.items() if name != "img-src")
    assert "http" not in safe(TileSettings().origins)["content-security-policy"]


@pytest.mark.parametrize(
    "given",
    [
        {"url": "https://a.example/{z}/{x}.png"},
        {"url": "https://a.example/{z}/{x}/{y}.png", "hosts": ["0"]},
        {"url": "https://t{s}.example/{z}/{x}/{y}.png"},
        {"url": "https://a.example; script-src */{z}/{x}/{y}.png"},
        {"url": "javascript:{z}{x}{y}"},
    ],
)
def test_what_could_not_work_or_widen_the_policy_is_refused(given):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given, TileSettings)
