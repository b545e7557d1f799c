"""Passwords: what we accept, and argon2id away from the event loop."""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import ClassVar, TypeVar, TypeVarTuple, Unpack

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chimera.kit.errors import AppError, Kind
from chimera.tenancy.errors import WeakPasswordError

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

SHORTEST, LONGEST = 12, 256
_FEWEST_DIFFERENT = 5
_OURS = "chimera password passwort welcome"
_SHORTEST_WORD, _FEWEST_LETTERS = 4, 5
_MOST_WORDS, _LONGEST_NAME = 20, 300
_AT_ONCE, _MOST_WAITING = 2, 64


class SignInBusyError(AppError):
    """More passwords wait to be checked than we let wait."""

    code = "sign_in_busy"
    kind = Kind.UNAVAILABLE


def check_strength(
    password: str, *, email: str, field: str = "password", shortest: int = SHORTEST, words: Iterable[str] = ()
) -> None:
    """Refuse what is guessed first. Long is strong: no rules about digits or signs (NIST SP 800-63B, 3.1.1.2).

    Args:
        password: As typed.
        email: The account's.
        field: Where it was given.
        shortest: Characters that it has at least.
        words: Names that a stranger tries first: the person's and their organisation's. Ours is among them.

    Raises:
        WeakPasswordError: the message says what to change, and never quotes the password.
    """
    if len(password) < shortest:
        raise WeakPasswordError(f"A password has at least {shortest} characters.", field=field)
    if len(password) > LONGEST:
        raise WeakPasswordError(f"A password has at most {LONGEST} characters.", field=field)
    plain = _prepared(password).casefold()
    account = email.casefold()
    if plain in {account, account.partition("@")[0], account + account}:
        raise WeakPasswordError("The password must not be the e-mail address.", field=field)
    if len(set(plain)) < _FEWEST_DIFFERENT or _repeats(plain) or _counts(plain):
        raise WeakPasswordError("The password only repeats or counts. Choose several unrelated words.", field=field)
    if _is_made_of(plain, {*_known_words(account), *_known_words(_OURS), *(w for t in words for w in _known_words(t))}):
        raise WeakPasswordError(
            "The password is little more than a name that others know. Choose several unrelated words.", field=field
        )


class Passwords:
    """Hashes and checks, two at a time: each takes about 20 ms of CPU and 12 MiB.

    It has threads of its own: the allocator keeps what each thread once used, and the loop's default pool would keep it
    many times over.

    Attributes:
        COST: Passes and KiB, one of those that OWASP holds equal for argon2id with one lane.
    """

    COST: ClassVar = (3, 12 * 1024)

    def __init__(self) -> None:
        passes, kib = self.COST
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=kib, parallelism=1)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0
        # Checked when there is no such account, so that the answer takes as long as for one that exists.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """Raises SignInBusyError when too many wait already."""
        return await self._apart(self._hash, password)

    async def matches(self, hash: str | None, password: str) -> bool:
        """Whether the password made the hash; without a hash it takes as long and is false.

        Raises:
            SignInBusyError: when too many wait already.
        """
        verified = await self._apart(self._verify, hash or self._nobody, password)
        return verified and hash is not None

    def is_outdated(self, hash: str) -> bool:
        """Whether it was made at another cost than today's, and should be made again at sign-in."""
        return self._hasher.check_needs_rehash(hash)

    async def _apart(self, work: Callable[[Unpack[Arguments]], T], *arguments: *Arguments) -> T:
        if self._waiting >= _MOST_WAITING:
            raise SignInBusyError("Too many people are signing in. Try again in a moment.", retry_after_s=1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_prepared(password))

    def _verify(self, hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(hash, _prepared(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False


def _prepared(password: str) -> str:
    """The same keys pressed on another system may give other code points; lone surrogates have no bytes at all."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode("utf-8")


def _repeats(text: str) -> bool:
    """Whether it is one piece said at least three times, such as `abcabcabcabc`."""
    period = (text + text).find(text, 1)
    return period * 3 <= len(text)


def _counts(text: str) -> bool:
    """Whether each character follows the one before, up or down, 9 being followed by 0."""
    steps = {(ord(b) - ord(a)) for a, b in pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}


def _known_words(text: str) -> list[str]:
    """The words of a name or address, long enough to count."""
    spaced = "".join(letter if letter.isalnum() else " " for letter in _prepared(text[:_LONGEST_NAME]).casefold())
    return [word for word in spaced.split() if len(word) >= _SHORTEST_WORD][:_MOST_WORDS]


def _is_made_of(password: str, words: Collection[str]) -> bool:
    """Whether few letters are left without the words; digits and signs around them are what is tried next."""
    left = password
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != password and sum(letter.isalpha() for letter in left) < _FEWEST_LETTERS
