"""Content, sealed on its way into the database and opened on its way out, with the keys of whose transaction it is."""

from abc import abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Final, TypeVar, cast

from msgspec import UNSET, UnsetType
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from chimera.crypto.sealing import BoundSealer, KeyDestroyedError

T = TypeVar("T", str, bytes)

_SEALER: Final[ContextVar[BoundSealer | None]] = ContextVar("sealer", default=None)
_LOST_IS_TOLD: Final[ContextVar[bool]] = ContextVar("lost_is_told", default=False)


class Lost(Enum):
    """See `LOST`."""

    LOST = "lost"


LOST: Final = Lost.LOST
"""What is read, while that is told, of a value whose key was destroyed."""


@contextmanager
def lost_told() -> Generator[None]:
    """Let whatever is lost be read as `LOST` meanwhile, for who must tell it from what was never there."""
    token = _LOST_IS_TOLD.set(True)
    try:
        yield
    finally:
        _LOST_IS_TOLD.reset(token)


@contextmanager
def sealing_by(sealer: BoundSealer | None) -> Generator[None]:
    """Let sealed columns be read and written with this one meanwhile; with `None` they are refused."""
    token = _SEALER.set(sealer)
    try:
        yield
    finally:
        _SEALER.reset(token)


class Sealed(TypeDecorator[T]):
    """A column that nobody reads in the database file. It can be neither compared nor sorted there.

    Args:
        purpose: What is sealed for one opens for no other, such as `message`.
        lost: What is read once the key was destroyed; left out, that is an error.

    Raises:
        KeyDestroyedError: if its key was destroyed, and nothing is read instead.
        RuntimeError: in a system transaction, or where the database was opened without keys.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str, *, lost: T | UnsetType | None = UNSET) -> None:
        super().__init__()
        self.purpose = purpose
        self.lost: T | UnsetType | None = lost

    @abstractmethod
    def encoded(self, value: T) -> bytes: ...

    @abstractmethod
    def decoded(self, plain: bytes) -> T: ...

    def sealed(self, value: T) -> bytes:
        """As it is kept, for who writes without SQLAlchemy."""
        return _sealer().seal(self.encoded(value), purpose=self.purpose)

    def process_bind_param(self, value: T | None, dialect: Dialect) -> bytes | None:
        return None if value is None else self.sealed(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> T | None:
        if value is None:
            return None
        try:
            return self.decoded(_sealer().open(value, purpose=self.purpose))
        except KeyDestroyedError:
            if _LOST_IS_TOLD.get():
                return cast("T", LOST)
            if isinstance(self.lost, UnsetType):
                raise
            return self.lost


class SealedText(Sealed[str]):
    """Text, lone surrogates included."""

    cache_ok = True

    @property
    def python_type(self) -> type[str]:
        return str

    def encoded(self, value: str) -> bytes:
        return value.encode("utf-8", "surrogatepass")

    def decoded(self, plain: bytes) -> str:
        return plain.decode("utf-8", "surrogatepass")


class SealedBytes(Sealed[bytes]):
    """Bytes."""

    cache_ok = True

    @property
    def python_type(self) -> type[bytes]:
        return bytes

    def encoded(self, value: bytes) -> bytes:
        return value

    def decoded(self, plain: bytes) -> bytes:
        return plain


def _sealer() -> BoundSealer:
    sealer = _SEALER.get()
    if sealer is None:
        raise RuntimeError("content is read and written in a transaction of its organisation, with keys at hand")
    return sealer
