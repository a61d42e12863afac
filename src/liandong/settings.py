"""The settings of a node: one TOML file. Wrong settings are refused at start, with the name of what is wrong."""

import os
import tomllib
from datetime import time
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from liandong.attachments.settings import AttachmentSettings
from liandong.drafting.settings import LargeModelSettings
from liandong.messaging.settings import MessagingSettings
from liandong.people.settings import PeopleSettings


class PeerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`public_keys`: key id to base64 of the raw Ed25519 key; several while a key is being changed.

    `arbitration`: both centres have agreed that a leader of either may decide a negotiation.
    """

    url: Annotated[str, Meta(pattern=r"^https?://")]
    public_keys: dict[str, str]
    arbitration: bool = False


class TileSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A tile service under the maps, such as Tianditu. `url` names {z}, {x}, {y} and, with `hosts`, {s}; `layers` are laid over it.

    Tiles must be in Web Mercator by WGS 84 or CGCS2000: those in GCJ-02 lie some hundred metres beside the places. Off: no url.
    """

    url: Annotated[str, Meta(pattern=r"^(https?://[^/\s;,'\"]+/[^\s;,'\"]*)?$")] = ""
    layers: list[Annotated[str, Meta(pattern=r"^https?://[^/\s;,'\"]+/[^\s;,'\"]*$")]] = []
    hosts: list[Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,20}$")]] = []
    attribution: Annotated[str, Meta(max_length=200)] = ""
    most_zoom: Annotated[int, Meta(ge=1, le=22)] = 18

    def __post_init__(self) -> None:
        for url in self.urls:
            if any(part not in url for part in ("{z}", "{x}", "{y}")) or ("{s}" in url) != bool(self.hosts):
                raise ValueError(
                    "map_tiles：网址里要有 {z} {x} {y}，有 hosts 时还要有 {s} / name {z}, {x}, {y}, and {s} with hosts"
                )

    @property
    def urls(self) -> list[str]:
        """Lowest layer first."""
        return [self.url, *self.layers] if self.url else []

    @property
    def origins(self) -> tuple[str, ...]:
        """Where the tiles come from: what the content security policy has to let in."""
        bases = ["/".join(url.split("/", 3)[:3]) for url in self.urls]
        return tuple(dict.fromkeys(base.replace("{s}", host) for base in bases for host in self.hosts or [""]))


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """`listen` is host:port. `key_file` is relative to the settings file."""

    centre: str
    dsn: str
    key_file: str
    kid: str
    listen: Annotated[str, Meta(pattern=r"^[^:]+:[0-9]{1,5}$")] = "127.0.0.1:8000"
    commit_lanes: Annotated[int, Meta(ge=1, le=32)] = 2
    pool_size: Annotated[int, Meta(ge=2, le=100)] = 8
    peers: dict[str, PeerSettings] = {}
    calendar_file: str = ""
    clocks_file: str = ""
    policing_file: str = ""
    repeats_file: str = ""
    road_file: str = ""
    map_file: str = ""  # the districts' boundaries for the overview (GeoJSON); without it Tianjin's
    map_tiles: TileSettings = TileSettings()
    handling_file: str = ""
    oversight_file: str = ""
    callbacks_file: str = ""
    messaging_file: str = ""
    nightly_at: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "01:30"
    audit_file: str = ""
    assessment_folder: str = ""  # a city's own measures.json, assessment.json, populations.csv, detectors.json
    open311_file: str = ""
    suggesting_file: str = ""  # a city's own suggesting.json
    emergencies_file: str = ""
    run_cards_file: str = ""
    attachments: AttachmentSettings = AttachmentSettings()
    messaging: MessagingSettings = MessagingSettings()
    people: PeopleSettings = PeopleSettings()
    large_model: LargeModelSettings | None = None
    folder: str = "."

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0]

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

    @property
    def nightly_time(self) -> time:
        """From when in the night, by the city's clock, the peers are compared with."""
        return time.fromisoformat(self.nightly_at)

    def path(self, name: str) -> Path:
        return Path(self.folder) / name


class SettingsError(Exception):
    """The settings can't be used; the text says which and why."""


def load_settings(path: Path) -> Settings:
    """Reads the file; LIANDONG_DSN and LIANDONG_LISTEN in the environment win over it. Raises SettingsError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"没有找到设置文件 {path}（settings file not found）") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from error
    for name in ("dsn", "listen"):
        value = os.environ.get(f"LIANDONG_{name.upper()}")
        if value:
            raw[name] = value
    raw["folder"] = str(path.resolve().parent)
    try:
        return msgspec.convert(raw, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}") from error
