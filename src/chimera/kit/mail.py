"""The port to whoever sends e-mail."""

from dataclasses import dataclass, field
from typing import Protocol

from chimera.kit.errors import AppError, Kind


class MailNotSentError(AppError):
    code = "mail_not_sent"
    kind = Kind.UNAVAILABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message in plain text. Its text may hold a link that opens an account: it belongs in no log."""

    to: str
    subject: str
    text: str = field(repr=False)


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Hand it on. Never call it while an answer waits: how long it takes would tell who has an account.

        Raises:
            MailNotSentError: if it was not taken.
        """
        ...
