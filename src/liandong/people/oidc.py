"""Signing in at the city's identity provider: OpenID Connect, authorization code with PKCE, state and nonce.

The flow is used once, within ten minutes, and by the browser that began it. An account must be there already: the provider says who somebody
is, never what they may do.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.sqlfiles import load_sql
from liandong.people.sessions import digest_of
from liandong.people.settings import OidcSettings

SQL = load_sql("liandong.people")
LASTS = timedelta(minutes=10)
LEEWAY = timedelta(minutes=1)
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # by the provider's public keys alone
CALLBACK = "/api/v1/oidc/callback"


class Begun(Struct, frozen=True):
    """`browser` goes into a cookie: only this browser may come back with the state."""

    url: str
    browser: str


class Proven(Struct, frozen=True):
    subject: str
    return_to: str


class Oidc:
    def __init__(self, pool: asyncpg.Pool, clock: Clock, settings: OidcSettings | None) -> None:
        self._pool = pool
        self._clock = clock
        self._given = settings

    async def begin(self, return_to: str) -> Begun:
        """Raises AppError: not_found (not set up), field_invalid, oidc_failed (the provider can't be reached)."""
        given = self._settings()
        if not return_to.startswith("/") or return_to.startswith(("//", "/\\")) or len(return_to) > 300:
            raise AppError("field_invalid", "return_to 应为本站的路径，以 / 开头（a path of this site）")
        state, browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        now = self._clock.now()
        async with self._client() as client:
            about = await self._about(client)
        await self._pool.execute(SQL.forget_flows, now - LASTS)
        await self._pool.execute(SQL.begin_flow, digest_of(state), digest_of(browser), nonce, verifier, return_to, now)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": given.client_id,
            "redirect_uri": given.public_url.rstrip("/") + CALLBACK,
            "scope": given.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = about["authorization_endpoint"]
        return Begun(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", browser)

    async def finish(self, code: str, state: str, browser: str) -> Proven:
        """Raises AppError oidc_failed: an unknown or used state, another browser, a code or token that is not right."""
        given = self._settings()
        flow = await self._pool.fetchrow(SQL.take_flow, digest_of(state), self._clock.now() - LASTS)
        if flow is None or not hmac.compare_digest(flow["browser"], digest_of(browser)):
            raise AppError("oidc_failed", "登录请求已失效，请重新登录（begin again, please）")
        async with self._client() as client:
            about = await self._about(client)
            token = await self._exchange(client, about["token_endpoint"], code, flow["verifier"])
            keys = await self._json(client.get(about["jwks_uri"]))
        claims = claims_of(token, keys, given, flow["nonce"], self._clock.now())
        subject = claims.get(given.claim)
        if not isinstance(subject, str) or not subject:
            raise AppError("oidc_failed", f"身份认证服务没有给出 {given.claim}（the claim is missing）")
        return Proven(subject, flow["return_to"])

    def _settings(self) -> OidcSettings:
        if self._given is None:
            raise AppError("not_found", "本中心没有设置统一身份认证（OIDC is not set up）")
        return self._given

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=10, trust_env=False, follow_redirects=False)

    async def _about(self, client: httpx.AsyncClient) -> Any:
        issuer = self._settings().issuer
        about = await self._json(client.get(issuer.rstrip("/") + "/.well-known/openid-configuration"))
        if str(about.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
            raise AppError("oidc_failed", "身份认证服务自称的 issuer 与设置不符（another issuer）")
        return about

    async def _exchange(self, client: httpx.AsyncClient, endpoint: str, code: str, verifier: str) -> str:
        given = self._settings()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": given.public_url.rstrip("/") + CALLBACK,
            "code_verifier": verifier,
        }
        said = await self._json(client.post(endpoint, data=form, auth=(given.client_id, given.client_secret)))
        return str(said.get("id_token", ""))

    async def _json(self, asking: Any) -> Any:
        try:
            answer = await asking
            answer.raise_for_status()
            said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise AppError("oidc_failed", f"身份认证服务没有正常应答（{type(error).__name__}），请稍后再试") from error
        if not isinstance(said, dict):
            raise AppError("oidc_failed", "身份认证服务的应答不符合规范")
        return said


def claims_of(token: str, keys: Any, given: OidcSettings, nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of an id token of OpenID Connect Core 3.1.3.7: signature, issuer, audience, party, time and nonce."""
    try:
        claims: dict[str, Any] = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise AppError("oidc_failed", "身份令牌的签名无效（the signature of the token is not valid）") from error
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience or []
    expires = claims.get("exp")
    wrong = [
        name
        for name, holds in (
            ("iss", str(claims.get("iss", "")).rstrip("/") == given.issuer.rstrip("/")),
            ("aud", given.client_id in audiences),
            ("azp", len(audiences) == 1 or claims.get("azp") == given.client_id),
            ("exp", isinstance(expires, int | float) and expires > (now - LEEWAY).timestamp()),
            ("nonce", hmac.compare_digest(str(claims.get("nonce", "")), nonce)),
        )
        if not holds
    ]
    if wrong:
        raise AppError("oidc_failed", f"身份令牌不符：{'、'.join(wrong)}（the token is not for this sign-in）")
    return claims
