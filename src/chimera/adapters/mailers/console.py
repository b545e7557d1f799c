"""E-mail to the terminal on which the server runs, for whoever has configured no server of mail."""

import sys
from dataclasses import dataclass, field
from typing import TextIO

from chimera.kit.mail import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleMailer:
    """The port `Mailer`, for development: it shows what would be sent, links included."""

    terminal: TextIO = field(default_factory=lambda: sys.stderr)

    async def send(self, mail: Mail) -> None:
        """Print it."""
        self.terminal.write(f"\nTo: {mail.to}\nSubject: {mail.subject}\n\n{mail.text}\n\n")
        self.terminal.flush()
