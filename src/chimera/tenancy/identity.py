"""How somebody is named."""

from chimera.tenancy.errors import InvalidEmailError

_LONGEST = 254


def normalised(email: str) -> str:
    """The one spelling under which an address is kept and found: trimmed and in lower case.

    Raises:
        InvalidEmailError: if it cannot be an address. Whether it exists only a message to it could show.
    """
    address = email.strip().lower()
    name, _, domain = address.rpartition("@")
    if not name or not domain or len(address) > _LONGEST or not address.isprintable() or " " in address:
        raise InvalidEmailError("This is not an e-mail address.", field="email")
    return address
