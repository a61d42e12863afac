"""Where the large model is: an address inside the city's network. Left out, there is none, and nothing is missing."""

from typing import Annotated

from msgspec import Meta, Struct


class LargeModelSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`url`: of an OpenAI-compatible interface, up to and with `/v1`. `key_file`: its key, relative to the settings file. `patience`: seconds.

    What goes there is masked; keep the address inside the city's own network all the same.
    """

    url: Annotated[str, Meta(pattern=r"^https?://")]
    model: Annotated[str, Meta(min_length=1, max_length=200)]
    key_file: str = ""
    patience: Annotated[float, Meta(gt=0, le=120)] = 20.0
    most_tokens: Annotated[int, Meta(ge=50, le=4000)] = 800
