"""The ways out: one small protocol, and a gateway by file, by SMTP and by HTTP."""

import asyncio
import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct

from liandong.messaging.settings import GatewaySettings, MessagingSettings

TIMEOUT = 20.0  # seconds


class Letter(Struct, frozen=True):
    """`id` is the same for every try: a gateway that keeps ids sends it to the person once."""

    id: UUID
    to: str
    subject: str
    text: str


class NotSent(Exception):
    """Why it did not go out. `final`: trying again is of no use."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


class Gateway(Protocol):
    async def send(self, letter: Letter) -> str:
        """Hands it over; returns the gateway's receipt. Raises NotSent."""
        ...


class FileGateway:
    """One JSON file a letter, named by its id: written again, it is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, letter: Letter) -> str:
        try:
            return await asyncio.to_thread(self._write, letter)
        except OSError as error:
            raise NotSent(f"{self._folder}: {error}") from error

    def _write(self, letter: Letter) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{letter.id}.json"
        draft = path.with_suffix(".part")
        draft.write_bytes(msgspec.json.encode(letter))
        os.replace(draft, path)
        return path.name


class SmtpGateway:
    def __init__(self, settings: GatewaySettings, secret: str) -> None:
        self._settings = settings
        self._secret = secret

    async def send(self, letter: Letter) -> str:
        try:
            return await asyncio.to_thread(self._send, letter)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0] if error.recipients else 0
            raise NotSent(f"the address was refused: {code}", final=500 <= code < 600) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"{type(error).__name__}: {error}") from error

    def _send(self, letter: Letter) -> str:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._settings.sender, letter.to, letter.subject
        mail["Message-ID"] = f"<{letter.id}@liandong>"
        mail.set_content(letter.text)
        with smtplib.SMTP(self._settings.host, self._settings.port, timeout=TIMEOUT) as smtp:
            if self._settings.starttls:
                smtp.starttls(context=ssl.create_default_context())
            if self._settings.user:
                smtp.login(self._settings.user, self._secret)
            smtp.send_message(mail)
        return str(mail["Message-ID"])


class HttpGateway:
    """Any provider that takes JSON; `Idempotency-Key` is the letter's id."""

    def __init__(
        self, settings: GatewaySettings, secret: str, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._headers = {"authorization": secret} if secret else {}
        self._client = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, transport=transport)

    async def send(self, letter: Letter) -> str:
        values = {"to": letter.to, "text": letter.text, "id": str(letter.id)}
        body = {name: pattern.format(**values) for name, pattern in self._settings.fields.items()}
        headers = self._headers | {"idempotency-key": str(letter.id)}
        try:
            answer = await self._client.post(self._settings.url or "", json=body, headers=headers)
        except httpx.HTTPError as error:
            raise NotSent(f"{type(error).__name__}: {error}") from error
        return self._receipt(answer)

    def _receipt(self, answer: httpx.Response) -> str:
        if not answer.is_success:
            # 4xx: what was sent is wrong, except where the provider only asks to wait or does not let us in.
            final = 400 <= answer.status_code < 500 and answer.status_code not in {401, 403, 408, 425, 429}
            raise NotSent(f"HTTP {answer.status_code}", final=final)
        wanted, told = self._settings, _told(answer)
        if wanted.ok_field and str(told.get(wanted.ok_field)) != wanted.ok_value:
            raise NotSent(f"{wanted.ok_field} = {told.get(wanted.ok_field)!r}")
        return (
            str(told.get(wanted.reference_field, ""))[:200] if wanted.reference_field else f"HTTP {answer.status_code}"
        )


def _told(answer: httpx.Response) -> dict[str, object]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def gateways_of(settings: MessagingSettings, folder: Path) -> dict[str, Gateway]:
    """By channel. Raises OSError for a secret that can't be read, ValueError for a gateway without an address."""
    given = {"sms": settings.sms, "email": settings.email}
    return {channel: _gateway(one, folder) for channel, one in given.items() if one is not None}


def _gateway(settings: GatewaySettings, folder: Path) -> Gateway:
    secret = (folder / settings.secret_file).read_text(encoding="utf-8").strip() if settings.secret_file else ""
    match settings.kind:
        case "file":
            return FileGateway(folder / (settings.folder or "letters"))
        case "smtp" if settings.host and settings.sender:
            return SmtpGateway(settings, secret)
        case "http" if settings.url:
            return HttpGateway(settings, secret)
    raise ValueError(f"messaging: a gateway of kind {settings.kind} needs its host and sender, or its url")
