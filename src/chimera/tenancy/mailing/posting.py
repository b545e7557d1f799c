"""Messages that are written and sent while nobody waits: how long that takes would tell who has an account."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Final, TypeAlias

import structlog

from chimera.kit.errors import AppError
from chimera.kit.mail import Mail, Mailer

log = structlog.get_logger()

Write: TypeAlias = Callable[[], Awaitable[Mail | None]]
Spawn: TypeAlias = Callable[[Coroutine[None, None, None]], asyncio.Task[None]]
_MOST_WAITING: Final = 100


@dataclass(slots=True, kw_only=True)
class Post:
    """Takes at most a hundred messages at once: whoever asks for more gets none, and is not told so."""

    mailer: Mailer
    spawn: Spawn
    _waiting: int = 0

    def soon(self, write: Write) -> None:
        """Write a message, if there is one to write, and send it. Returns at once."""
        if self._waiting >= _MOST_WAITING:
            log.warning("mail.too_many_waiting")
            return
        self._waiting += 1
        self.spawn(self._deliver(write))

    async def _deliver(self, write: Write) -> None:
        try:
            mail = await write()
            if mail is not None:
                await self.mailer.send(mail)
        except AppError as error:
            log.warning("mail.not_sent", code=error.code)
        except Exception:  # the outermost edge of this task
            log.exception("mail.failed")
        finally:
            self._waiting -= 1
