"""Where webhooks may go: to addresses of the public internet, whatever a name resolves to. Pure."""

from chimera.kit.addresses import fault_in, is_public
from chimera.webhooks.errors import WebhookAddressError


def check_url(url: str, *, private: bool = False) -> str:
    """Return the address of a webhook, if something may be sent there as far as its text tells.

    Args:
        url: As it was given.
        private: Whether plain HTTP and addresses of private networks are allowed.

    Raises:
        WebhookAddressError: if nothing may.
    """
    fault = fault_in(url, admits=None if private else is_public, insecure=private)
    if fault is not None:
        raise WebhookAddressError(fault, field="url")
    return url
