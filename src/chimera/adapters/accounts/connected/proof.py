"""The credential of a connection, opened when a call needs it and forgotten soon after."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

from chimera.crypto.sealing import UnsealableError
from chimera.crypto.secrets import SecretNotFoundError
from chimera.encryption.accounts import KeptAccount, ProviderAccounts
from chimera.kit.errors import AppError
from chimera.llm import ProviderAuthenticationError, ProviderConnectionError, ProviderPermissionError

# Whose credential no provider takes does not have it looked up at each call.
_IN_VAIN_S: Final = 5.0


class Header(str):
    """A header with a credential. As long as a call holds one, it is known what must not be repeated to anybody."""

    __slots__ = ("__weakref__",)


class _Opened(NamedTuple):
    account: KeptAccount
    header: Header
    until: float


@dataclass(slots=True, kw_only=True)
class AccountProof:
    """The port `Credential`.

    A provider that refuses a credential is asked once more with what is newest then: with another that was given
    meanwhile, or, while a rotation lasts, with the one before it.

    Attributes:
        account: As it was seen last.
        header: Where the provider wants the credential, and
        prefix: after which word.
        believed_s: For so long an opened credential is kept.
        shown: How often it was shown since somebody asked.
    """

    accounts: ProviderAccounts
    account: KeptAccount
    header: str
    prefix: str
    believed_s: float
    monotonic: Callable[[], float] = time.monotonic
    shown: int = 0
    _opened: _Opened | None = field(default=None, repr=False)
    _suspect: str | None = field(default=None, repr=False)
    _in_vain_until: float = 0.0
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _held: WeakValueDictionary[int, Header] = field(default_factory=WeakValueDictionary[int, Header], repr=False)

    async def headers(self) -> Mapping[str, str]:
        """See `Credential.headers`.

        Raises:
            ProviderPermissionError: if the connection was switched off or removed.
            ProviderAuthenticationError: if its credential cannot be opened any more.
            ProviderConnectionError: if it cannot be had just now.
        """
        opened = self._valid()
        if opened is None:
            async with self._opening:
                opened = self._valid()
                if opened is None:
                    opened = self._opened = await self._open()
        self.shown += 1
        return {self.header: opened.header}

    def refused(self, headers: Mapping[str, str]) -> bool:
        """See `Credential.refused`."""
        sent, opened = headers[self.header], self._opened
        if opened is None or opened.header != sent:
            return True  # another has been opened meanwhile, or is being
        if self.monotonic() < self._in_vain_until:
            return False
        self._opened, self._suspect = None, sent
        return True

    def secrets(self) -> Collection[str]:
        """What is on its way at this moment, with its prefix and without."""
        texts = {str(header) for header in self._held.values()}
        return sorted(texts | {text.removeprefix(self.prefix) for text in texts}, key=len, reverse=True)

    def forget(self) -> None:
        """Let go of a credential that is believed no longer."""
        if self._valid() is None:
            self._opened = None

    def _valid(self) -> _Opened | None:
        opened = self._opened
        if opened is None or opened.account is not self.account or self.monotonic() >= opened.until:
            return None
        return opened

    async def _open(self) -> _Opened:
        try:
            return await self._found()
        except (SecretNotFoundError, UnsealableError) as error:
            raise ProviderAuthenticationError(
                f"The credential of your connection {self.account.id} cannot be opened any more. Give it again: "
                f"POST /api/v1/provider-connections/{self.account.id}/rotate.",
                provider=self.account.provider,
            ) from error
        except AppError as error:
            raise ProviderConnectionError(
                f"The credential of your connection {self.account.id} cannot be had just now.",
                provider=self.account.provider,
            ) from error

    async def _found(self) -> _Opened:
        suspect, self._suspect = self._suspect, None
        try:
            if suspect is None:
                return self._kept(await self.accounts.credential(self.account.secret_name))
        except SecretNotFoundError:
            suspect = ""  # it was rotated a moment ago
        newest = await self.accounts.newest(self.account)
        if newest is None:
            raise closed(self.account)
        if newest != self.account:
            self.account = newest
        headers = [Header(self.prefix + await self.accounts.credential(name)) for name in self.accounts.names(newest)]
        other = next((header for header in headers if header != suspect), None)
        if other is None:
            self._in_vain_until = self.monotonic() + _IN_VAIN_S
        return self._kept((other or headers[0]).removeprefix(self.prefix))

    def _kept(self, credential: str) -> _Opened:
        header = Header(self.prefix + credential)
        self._held[id(header)] = header
        return _Opened(self.account, header, self.monotonic() + self.believed_s)


def closed(account: KeptAccount) -> ProviderPermissionError:
    """Why nothing is asked with an account any more."""
    return ProviderPermissionError(
        f"Your connection {account.id} to {account.provider} was switched off or removed.", provider=account.provider
    )
