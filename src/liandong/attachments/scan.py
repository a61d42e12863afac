"""The hook for a virus scanner: a program that is given a file, a clamd that is given the bytes, both, or none."""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from msgspec import Struct

from liandong.attachments.model import AttachmentStatus
from liandong.attachments.settings import AttachmentSettings

CLEAN, INFECTED = 0, 1  # how a scan command ends, as clamdscan does
Read = Callable[[], AsyncIterator[bytes]]
"""Reads the file from its beginning; may be asked for more than once."""


class Finding(Struct, frozen=True):
    """`clean`, `infected` or `unscanned`, and what the scanner said."""

    status: AttachmentStatus
    text: str = ""


class ScannerAway(Exception):
    """The scanner could not say: ask again later."""


class Scanner:
    """Asks everything that is configured; one that finds a virus is enough."""

    def __init__(self, settings: AttachmentSettings) -> None:
        self._command = list(settings.scan_command)
        self._socket = settings.scan_socket
        self._timeout = settings.scan_timeout

    async def scan(self, read: Read) -> Finding:
        """Raises ScannerAway."""
        findings = []
        try:
            async with asyncio.timeout(self._timeout):
                if self._command:
                    findings.append(await by_command(self._command, read))
                if self._socket:
                    findings.append(await by_socket(self._socket, read))
        except TimeoutError as error:
            raise ScannerAway(f"{self._timeout} 秒内没有结果") from error
        except OSError as error:
            raise ScannerAway(str(error)) from error
        infected = next((one for one in findings if one.status == AttachmentStatus.INFECTED), None)
        return infected or (findings[0] if findings else Finding(AttachmentStatus.UNSCANNED))


async def by_command(command: list[str], read: Read) -> Finding:
    """Runs the program on a temporary file that is gone afterwards."""
    with tempfile.NamedTemporaryFile(prefix="liandong-scan-") as file:
        async for piece in read():
            await asyncio.to_thread(file.write, piece)
        file.flush()
        process = await asyncio.create_subprocess_exec(
            *command,
            file.name,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            output, _ = await process.communicate()
        finally:  # what takes too long ends with all that it started
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    said = output.decode("utf-8", "replace").replace(file.name, "").replace("\x00", "").strip()[:300]
    if process.returncode == CLEAN:
        return Finding(AttachmentStatus.CLEAN, said)
    if process.returncode == INFECTED:
        return Finding(AttachmentStatus.INFECTED, said or "查出病毒")
    raise ScannerAway(f"{Path(command[0]).name} 以 {process.returncode} 结束：{said}")


async def by_socket(address: str, read: Read) -> Finding:
    """clamd's INSTREAM: length and bytes, length and bytes, zero; one line comes back."""
    reader, writer = await _connect(address)
    try:
        writer.write(b"zINSTREAM\0")
        async for piece in read():
            writer.write(len(piece).to_bytes(4, "big") + piece)
            await writer.drain()
        writer.write((0).to_bytes(4, "big"))
        await writer.drain()
        answer = (await reader.read(4096)).decode("utf-8", "replace").strip("\0\n ")
    finally:
        writer.close()
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Finding(AttachmentStatus.CLEAN)
    if said.endswith("FOUND"):
        return Finding(AttachmentStatus.INFECTED, said.removesuffix("FOUND").strip()[:300])
    raise ScannerAway(f"clamd：{answer[:300] or '没有答复'}")


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = address.rpartition(":")
    if host and port.isdigit():
        return await asyncio.open_connection(host, int(port))
    return await asyncio.open_unix_connection(address)
