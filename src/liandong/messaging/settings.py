"""Where notifications go out: a gateway for each channel, in the settings of the node. A channel without one is not used."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Url = Annotated[str, Meta(pattern=r"^https?://")]


class GatewaySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`kind` `file`: one file a notification in `folder`. `smtp`: `host`, `port`, `sender`, `user`. `http`: a POST of JSON to `url`.

    `fields`: name of the provider's field to one of `{to}` `{text}` `{id}` with words around it. `ok_field`, `ok_value`: what its answer
    must hold beside status 2xx. `reference_field`: where its receipt number stands. `secret_file`: the password, or the value of the header `Authorization`.
    """

    kind: Literal["file", "smtp", "http"]
    folder: str = ""
    host: str = ""
    port: int = 25
    sender: str = ""
    user: str = ""
    starttls: bool = True
    url: Url | None = None
    fields: dict[str, str] = msgspec.field(default_factory=lambda: {"phone": "{to}", "content": "{text}", "id": "{id}"})
    ok_field: str = ""
    ok_value: str = ""
    reference_field: str = ""
    secret_file: str = ""


class MessagingSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`public_url`: under which address callers reach the evaluation page; without it no links are sent.

    `trusted_proxies`: addresses (CIDR) of our own reverse proxies, whose X-Forwarded-For is believed.
    """

    public_url: Url | None = None
    trusted_proxies: tuple[str, ...] = ()
    sms: GatewaySettings | None = None
    email: GatewaySettings | None = None
