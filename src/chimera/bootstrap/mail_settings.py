"""Settings of addresses: of the server as people reach it, and of the one that takes its e-mail."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

from chimera.kit.errors import AppError
from chimera.tenancy.identity import normalised

_LONGEST = 2000
SMTP_SCHEMES = ("smtp://", "smtps://", "smtp+plain://")


def _an_origin(url: str | None) -> str | None:
    """Where a path may be appended; passkeys are bound to it, and links of e-mails lead there."""
    if not url:
        return None
    parts = urlsplit(url)
    bare = parts.path in {"", "/"} and not parts.query and not parts.fragment and parts.username is None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not bare or len(url) > _LONGEST:
        raise ValueError("must be an address without a path, such as https://chat.example.com")
    return f"{parts.scheme}://{parts.netloc}".lower()


def _a_mail_server(url: SecretStr | None) -> SecretStr | None:
    text = url.get_secret_value() if url else ""
    if not text:
        return None
    if not text.startswith(SMTP_SCHEMES) or not urlsplit(text).hostname:
        raise ValueError(f"must begin with {' or '.join(SMTP_SCHEMES)} and name a host")
    return url


def _a_sender(address: str | None) -> str | None:
    if not address:
        return None
    try:
        return normalised(address)
    except AppError as error:
        raise ValueError(error.message) from None


PublicUrl = Annotated[str | None, AfterValidator(_an_origin)]
SmtpUrl = Annotated[SecretStr | None, AfterValidator(_a_mail_server)]
Sender = Annotated[str | None, AfterValidator(_a_sender)]
