"""/api/v1/oidc: to the identity provider and back."""

from typing import Annotated, Any

import asyncpg
from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.params import QueryParameter

from liandong.core.errors import AppError
from liandong.people.accounts import SQL
from liandong.people.api import with_cookie
from liandong.people.rooms import People

TAGS = ["people"]
FLOW = "liandong_oidc"
HttpRequest = Request[Any, Any, Any]


@get("/api/v1/oidc/start", summary="Sign in at the identity provider", tags=TAGS, status_code=302)
async def start(request: HttpRequest, people: People, return_to: str = "/") -> Response[None]:
    """Sends the browser to the provider. `return_to`: a path of this site to come back to."""
    people.signing_in.let(people.addresses.of(request))
    begun = await people.oidc.begin(return_to)
    answer: Response[None] = Response(None, status_code=302, headers={"location": begun.url})
    # lax: the browser comes back from the provider's site
    answer.set_cookie(
        Cookie(
            FLOW,
            value=begun.browser,
            path="/api/v1/oidc",
            httponly=True,
            samesite="lax",
            secure=people.addresses.secure(request),
            max_age=600,
        )
    )
    return answer


@get("/api/v1/oidc/callback", summary="Back from the identity provider", tags=TAGS, status_code=303)
async def callback(
    request: HttpRequest,
    people: People,
    pool: asyncpg.Pool,
    code: str = "",
    given_state: Annotated[str, QueryParameter(name="state")] = "",
    error: str = "",
) -> Response[None]:
    """Problems: oidc_failed; also for somebody who has no account here, or a disabled one."""
    address = people.addresses.of(request)
    people.signing_in.let(address)
    if error or not code or not given_state:
        raise AppError("oidc_failed", f"身份认证服务没有通过：{error[:60] or '缺少 code 或 state'}")
    proven = await people.oidc.finish(code, given_state, request.cookies.get(FLOW, ""))
    account = await pool.fetchrow(SQL.account_of_subject, proven.subject)
    if account is None or account["disabled_at"] is not None:
        raise AppError("oidc_failed", "您在本系统没有可用的账号，请联系系统管理员（no account here）")
    agent = request.headers.get("user-agent", "")
    made = await people.signing_in.begin(account["name"], method="oidc", address=address, agent=agent)
    answer: Response[None] = Response(None, status_code=303, headers={"location": proven.return_to})
    answer.delete_cookie(FLOW, path="/api/v1/oidc")
    return with_cookie(answer, made, request, people)


HANDLERS = [start, callback]
