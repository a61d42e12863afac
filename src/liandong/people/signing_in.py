"""Signing in: an account's password, its second factor where it has one, and then a session."""

import asyncpg

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.sqlfiles import load_sql
from liandong.people import totp
from liandong.people.accounts import Accounts
from liandong.people.limits import Limit
from liandong.people.sessions import NewSession, SessionRing
from liandong.people.settings import PeopleSettings

SQL = load_sql("liandong.people")
WRONG = "请核对账号、密码和动态验证码；连续输错会暂时锁定（check name, password and code; the account is locked for a while after more）"


class SigningIn:
    def __init__(
        self,
        pool: asyncpg.Pool,
        clock: Clock,
        *,
        accounts: Accounts,
        ring: SessionRing,
        box: totp.Box,
        settings: PeopleSettings,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._accounts = accounts
        self._ring = ring
        self._box = box
        self._by_address = Limit(settings.sign_ins_address / 60, settings.sign_ins_address)
        self._by_account = Limit(settings.sign_ins_account / 60, settings.sign_ins_account)

    async def sign_in(self, name: str, password: str, code: str | None, *, address: str, agent: str) -> NewSession:
        """Raises AppError: too_many_requests, locked_out, wrong_credentials, code_required, code_wrong.

        One and the same answer for an account that is not there, is disabled or has another password.
        """
        name = name.strip().lower()
        self.let(address)
        self._by_account.take(name)
        try:
            row = await self._accounts.begin_attempt(name)
        except AppError as error:
            if error.code == "not_found":
                await self._accounts.passwords.fits(None, password)
                raise AppError("wrong_credentials", WRONG) from error
            await self._accounts.log(name, name, "sign_in.locked", address=address)
            raise
        if not await self._accounts.passwords.fits(row["password"], password) or row["disabled_at"] is not None:
            await self._accounts.log(name, name, "sign_in.refused", address=address)
            raise AppError("wrong_credentials", WRONG)
        await self._second_factor(row, code, address)
        await self._pool.execute(SQL.end_attempt, name)
        if self._accounts.passwords.is_old(row["password"]):
            await self._pool.execute(SQL.rehash, name, await self._accounts.passwords.hashed(password), row["password"])
        return await self.begin(name, method="password", address=address, agent=agent)

    def let(self, address: str) -> None:
        """Raises AppError too_many_requests: an address that tries too often."""
        self._by_address.take(address)

    async def begin(self, name: str, *, method: str, address: str, agent: str) -> NewSession:
        made = await self._ring.begin(name, method=method, address=address, agent=agent)
        await self._accounts.log(name, name, "signed_in", {"method": method, "session": str(made.id)}, address)
        return made

    async def end(self, session_id: object, name: str, address: str) -> None:
        await self._accounts.log(name, name, "signed_out", {"session": str(session_id)}, address)

    async def _second_factor(self, row: asyncpg.Record, code: str | None, address: str) -> None:
        name = row["name"]
        if row["totp"] is None:
            return
        if not code:
            await self._pool.execute(SQL.take_back_attempt, name)
            raise AppError("code_required", "请输入动态验证码（the code of your authenticator, please）")
        step = totp.step_of(self._box.open(name, row["totp"]), code, self._clock.now())
        if step is None or await self._pool.fetchval(SQL.use_step, name, step) is None:
            await self._accounts.log(name, name, "sign_in.code_refused", address=address)
            raise AppError("code_wrong", "验证码不正确或已用过（the code is not right or was used）")

    async def propose_totp(self, name: str) -> str:
        """A new secret, which counts once a code of it was given."""
        secret = totp.new_secret()
        await self._pool.execute(SQL.propose_totp, name, self._box.seal(name, secret))
        return secret

    async def confirm_totp(self, name: str, code: str, address: str) -> None:
        row = await self._accounts.find(name)
        pending = row["totp_pending"]
        step = totp.step_of(self._box.open(name, pending), code, self._clock.now()) if pending else None
        if step is None:
            raise AppError("code_wrong", "验证码不正确，请确认手机时间准确（the code is not right）")
        await self._pool.execute(SQL.confirm_totp, name, step)
        await self._accounts.log(name, name, "totp.set", address=address)

    async def remove_totp(self, name: str, password: str, address: str) -> None:
        row = await self._accounts.begin_attempt(name)
        if not await self._accounts.passwords.fits(row["password"], password):
            raise AppError("wrong_credentials", "密码不正确（the password is not right）")
        await self._pool.execute(SQL.end_attempt, name)
        await self._pool.execute(SQL.remove_totp, name)
        await self._accounts.log(name, name, "totp.removed", address=address)
