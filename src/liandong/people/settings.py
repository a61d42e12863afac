"""The part of a node's settings that is about people: rates, OIDC, and whether it stands behind https."""

from typing import Annotated

from msgspec import Meta, Struct

Rate = Annotated[float, Meta(gt=0)]


class OidcSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`issuer`: where `/.well-known/openid-configuration` is. `claim`: the claim that is looked for in `accounts.oidc_subject`.

    `public_url`: this node as browsers reach it; the provider must know `<public_url>/api/v1/oidc/callback`.
    """

    issuer: Annotated[str, Meta(pattern=r"^https?://")]
    client_id: str
    client_secret: str
    public_url: Annotated[str, Meta(pattern=r"^https?://")]
    claim: str = "sub"
    scopes: str = "openid profile"


class PeopleSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Rates: `sign_ins_address` and `sign_ins_account` a minute; `key_rate` and `session_rate` a second, in each process.

    `https`: browsers reach this node by https though it does not see so itself (a proxy ends TLS): cookies are Secure, HSTS is sent.
    """

    policy_file: str = ""
    https: bool = False
    sign_ins_address: Rate = 60
    sign_ins_account: Rate = 20
    key_rate: Rate = 2000
    session_rate: Rate = 50
    oidc: OidcSettings | None = None
