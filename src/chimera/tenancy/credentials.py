"""Secrets: how we make keys, session tokens and passwords, and the hash under which they are kept.

What we make has at least 190 random bits, so one SHA-256 is enough: it cannot be guessed, only stolen. Looking a hash
up in an index or a dictionary tells nothing by its timing, since nobody can choose a hash byte by byte.
"""

import hashlib
import secrets
import string
import zlib

from chimera.tenancy.errors import InvalidApiKeyError

MARK = "ck_"
_LETTERS = string.digits + string.ascii_letters
_RANDOM, _CHECKSUM = 40, 6
_LENGTH = len(MARK) + _RANDOM + _CHECKSUM
_SHOWN = 11
_SHORTEST_GIVEN, _LONGEST = 8, 256
# Without 0/o, 1/l/i: it is read from a terminal and typed in.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def new_api_key() -> str:
    """`ck_`, 40 random letters and digits (238 bits), 6 of checksum: scanners can find it, typing errors show."""
    random = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    return f"{MARK}{random}{_checksum(random)}"


def is_mistyped(key: bytes) -> bool:
    """Whether it has the form of our keys, but not their checksum; then nobody needs to look it up."""
    if len(key) != _LENGTH or not key.startswith(MARK.encode()) or not key.isascii():
        return False
    text = key.decode("ascii")
    return _checksum(text[len(MARK) : -_CHECKSUM]) != text[-_CHECKSUM:]


def is_signed_token(secret: bytes) -> bool:
    """Whether it has the form of a signed token (RFC 7515): `{"` in Base64, and three parts."""
    return secret.startswith(b"eyJ") and secret.count(b".") == 2


def check_given_key(key: str) -> None:
    """Accept a key that the operator chose, in whatever form.

    Raises:
        InvalidApiKeyError: if it would not survive a header, is too short or was mistyped.
    """
    fits = _SHORTEST_GIVEN <= len(key) <= _LONGEST and key.isascii() and key.isprintable() and " " not in key
    if not fits:
        raise InvalidApiKeyError(
            f"CHIMERA_BOOTSTRAP_API_KEY must have {_SHORTEST_GIVEN} to {_LONGEST} printable ASCII characters, unspaced."
        )
    if is_mistyped(key.encode()):
        raise InvalidApiKeyError("CHIMERA_BOOTSTRAP_API_KEY looks like a key of ours with a typing error.")


def shown_prefix(key: str) -> str:
    """The part by which a key is recognised in lists; never more than a third of it."""
    return key[: min(_SHOWN, len(key) // 3)]


def new_session_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """Five groups of four, about 99 bits, easy to read out."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(5))


def hashed(secret: bytes) -> str:
    """SHA-256 in hexadecimal: the only form in which a key or token is kept, in memory too."""
    return hashlib.sha256(secret).hexdigest()


def _checksum(text: str) -> str:
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_LETTERS))
        digits = _LETTERS[digit] + digits
    return digits
