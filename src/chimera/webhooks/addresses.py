"""Where webhooks may go: to addresses of the public internet, whatever a name resolves to. Pure."""

from typing import Final
from urllib.parse import urlsplit

from chimera.kit.addresses import is_public, looks_numeric
from chimera.webhooks.errors import WebhookAddressError

LONGEST: Final = 2000


def check_url(url: str, *, private: bool = False) -> str:
    """Return the address of a webhook, if something may be sent there as far as its text tells.

    Args:
        url: As it was given.
        private: Whether plain HTTP and addresses of private networks are allowed.

    Raises:
        WebhookAddressError: if nothing may.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, UnicodeError):
        raise _refused("This is not an address.") from None
    if parts.scheme not in ({"https", "http"} if private else {"https"}):
        raise _refused("The address must begin with https://.")
    if not host or len(url) > LONGEST or not url.isascii() or any(sign <= " " or sign == "\x7f" for sign in url):
        raise _refused("This is not an address.")
    if "@" in parts.netloc or parts.fragment:
        raise _refused("The address must have no name, password or fragment.")
    if not private and looks_numeric(host) and not is_public(host):
        raise _refused("The address is not one of the public internet.")
    return url


def _refused(message: str) -> WebhookAddressError:
    return WebhookAddressError(message, field="url")
