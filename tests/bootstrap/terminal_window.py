"""A terminal in which a command runs: what it shows can be awaited, and keys can be pressed."""

import asyncio
import fcntl
import os
import pty
import struct
import termios
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress

from tests.bootstrap.terminal import plain_environment, program

CTRL_C, CTRL_D = "\x03", "\x04"
_ROWS, _COLUMNS = 40, 100
_PATIENCE_S = 15.0


class Window:
    """What stands on the screen, escape sequences included, and a keyboard."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._news = asyncio.Event()
        self._seen = 0
        self.all = ""

    def read(self) -> None:
        with suppress(OSError):  # the last program has left the terminal
            self.all += os.read(self._master, 65536).decode(errors="replace")
        self._news.set()

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    async def shows(self, text: str) -> str:
        """Wait until the text appears after what was awaited last; return all that came up to it."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while (found := self.all.find(text, self._seen)) < 0:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{text!r} did not appear, but {self.all[self._seen :]!r}") from None
        came = self.all[self._seen : found + len(text)]
        self._seen = found + len(text)
        return came


@asynccontextmanager
async def window(*arguments: str, env: Mapping[str, str]) -> AsyncGenerator[tuple[Window, asyncio.subprocess.Process]]:
    """Run a command in a terminal; leaving ends it if it has not ended."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *program(*arguments),
        env=plain_environment() | {"TERM": "xterm-256color"} | dict(env),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        # Keys such as Ctrl+C are signals only to those whose terminal it is.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    shown = Window(master)
    loop = asyncio.get_running_loop()
    loop.add_reader(master, shown.read)
    try:
        yield shown, process
    finally:
        loop.remove_reader(master)
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(master)
