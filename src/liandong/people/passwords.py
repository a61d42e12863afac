"""Passwords: argon2id by the city's parameters, and the rules that a new one must keep."""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from liandong.people.policy import PasswordRules

AT_ONCE = 2  # each takes the memory and the time that the policy says: a crowd must not take the machine


class Passwords:
    """Hashes and compares in threads, a few at once."""

    def __init__(self, rules: PasswordRules) -> None:
        self.rules = rules
        self._hasher = PasswordHasher(rules.time_cost, rules.memory_kib, rules.parallelism)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._nobody: str | None = None

    async def hashed(self, password: str) -> str:
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, _one_form(password))

    async def fits(self, stored: str | None, password: str) -> bool:
        """Takes as long where there is nothing to compare with: an answer's time tells nobody which accounts exist."""
        if stored is None:
            if self._nobody is None:
                self._nobody = await self.hashed("nobody")
            await self._compare(self._nobody, password)
            return False
        return await self._compare(stored, password)

    def is_old(self, stored: str) -> bool:
        """It was made by other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    async def _compare(self, stored: str, password: str) -> bool:
        async with self._turn:
            try:
                return await asyncio.to_thread(self._hasher.verify, stored, _one_form(password))
            except (VerificationError, InvalidHashError):
                return False


def faults(password: str, rules: PasswordRules, *, names: tuple[str, ...]) -> list[str]:
    """What is wrong with a new password, in the user's words; empty: nothing. `names`: whose it is."""
    found = []
    if len(password) < rules.min_length:
        found.append(f"至少 {rules.min_length} 个字符（at least {rules.min_length} characters）")
    if len(password) > rules.max_length:
        found.append(f"不超过 {rules.max_length} 个字符（at most {rules.max_length} characters）")
    if classes(password) < rules.classes:
        found.append(
            f"小写、大写、数字、符号中至少有 {rules.classes} 类（{rules.classes} of lower, upper, digits, signs）"
        )
    low = password.casefold()
    if any(name.casefold() in low for name in names if len(name) >= 3):
        found.append("不得含有姓名或账号（not with your own name）")
    if any(word in low for word in rules.banned):
        found.append("含有常见的弱口令（a well-known weak password）")
    if len(set(password)) < 5:
        found.append("重复的字符太多（too few different characters）")
    return found


def classes(password: str) -> int:
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    return sum(any(kind(c) for c in password) for kind in kinds)


def _one_form(password: str) -> str:
    """The same characters typed on another keyboard are the same password (RFC 8265)."""
    return unicodedata.normalize("NFC", password)
