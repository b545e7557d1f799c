"""E-mail over SMTP, in a thread: encrypted, unless the operator says that the network is trusted."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from chimera.kit.mail import Mail, MailNotSentError

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class Settings(BaseModel):
    """Where e-mail is handed in.

    Attributes:
        url: `smtp://` demands STARTTLS, `smtps://` TLS from the start; `smtp+plain://` sends in the clear.
        sender: The address that it comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr
    sender: str
    timeout_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer:
    """The port `Mailer`. One connection a message: there are few of them.

    Attributes:
        tls: Whose certificates are believed; the system's.
    """

    settings: Settings
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def send(self, mail: Mail) -> None:
        """Hand it to the server of mail.

        Raises:
            MailNotSentError: if it was not taken; the message names neither address nor login.
        """
        try:
            await asyncio.to_thread(self._send, mail)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            # ValueError: an address that no header can carry.
            raise MailNotSentError(f"The server of mail did not take the message ({type(error).__name__}).") from error

    def _send(self, mail: Mail) -> None:
        server = urlsplit(self.settings.url.get_secret_value())
        message = self._message(mail)
        with self._connected(server) as connection:
            if server.scheme == "smtp":
                connection.starttls(context=self.tls)
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message)

    def _connected(self, server: SplitResult) -> smtplib.SMTP:
        host, port = server.hostname or "", server.port or _PORTS[server.scheme]
        timeout_s = self.settings.timeout_s
        if server.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=timeout_s, context=self.tls)
        return smtplib.SMTP(host, port, timeout=timeout_s)

    def _message(self, mail: Mail) -> EmailMessage:
        if not mail.to.isprintable():
            raise ValueError("an address has no control characters")
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.settings.sender, mail.to, mail.subject
        message["Date"] = formatdate()
        # Of the sender's domain: the library would tell the name of this machine.
        message["Message-ID"] = make_msgid(domain=self.settings.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message
