"""How people sign in, put together: who takes their e-mail."""

from urllib.parse import urlsplit

from chimera.adapters.mailers.console import ConsoleMailer
from chimera.bootstrap.settings import Settings
from chimera.kit.loading import load
from chimera.kit.mail import Mailer


def open_mailer(settings: Settings) -> Mailer:
    """Whoever takes e-mail; the terminal where nobody was configured."""
    if settings.smtp_url is None:
        return ConsoleMailer()
    smtp = load("mailers", "smtp")
    host = urlsplit(settings.public_url or "").hostname or "localhost"
    sender = settings.mail_from or f"chimera@{host}"
    mailer: Mailer = smtp.SmtpMailer(settings=smtp.Settings(url=settings.smtp_url, sender=sender))
    return mailer
