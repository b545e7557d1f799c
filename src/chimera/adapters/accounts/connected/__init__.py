"""Accounts as the database has them: opened when they appear, asked for their models, closed when they are gone."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from chimera.adapters.accounts.connected.opened import OpenAccount, open_account
from chimera.encryption.accounts import KeptAccount, ProviderAccounts
from chimera.gateway.accounts.account import Account, Own
from chimera.gateway.knowledge import Knowledge, Library
from chimera.kit.rounds import rounds
from chimera.llm import ModelCard, ModelProvider, ProviderError, ProviderPermissionError
from chimera.store import DatabaseUnavailableError

log = structlog.get_logger()

# With the time for which a credential is believed it stays below the 5 s that are promised.
LOOK_S: Final = 2.0
# While nobody calls any, and so no credential is believed.
_QUIET_S: Final = 4.0
_CALLED_S: Final = 60.0
# Between two notes of the use of a credential.
NOTED_S: Final = 60.0
_AT_ONCE: Final = 8
_PATIENCE_S: Final = 15.0
_MOST_MODELS: Final = 1000
_ASKED_AGAIN_S: Final = 300.0
_RETRY_S: Final = 15.0
# Who asks for nothing is not asked for its models either.
_IN_USE_S: Final = 3600.0


@dataclass(slots=True, kw_only=True)
class ConnectedAccounts:
    """The port `Accounts`, for whoever `connect`s it.

    Attributes:
        kept: Where the connections are kept.
        library: Knows more of an account's models.
        admits: Judges each address before it is connected to; `None` admits all.
        believed_s: For so long an opened credential is kept.
    """

    kept: ProviderAccounts
    library: Callable[[KeptAccount], Library]
    admits: Callable[[str], bool] | None
    believed_s: float
    clock: Callable[[], float] = time.monotonic
    _open: dict[UUID, OpenAccount] = field(default_factory=dict[UUID, OpenAccount])
    _stacks: dict[UUID, AsyncExitStack] = field(default_factory=dict[UUID, AsyncExitStack])
    _by_id: dict[str, OpenAccount] = field(default_factory=dict[str, OpenAccount])
    _own: dict[UUID, Own] = field(default_factory=dict[UUID, Own])
    _asking: dict[UUID, "asyncio.Task[None]"] = field(default_factory=dict[UUID, "asyncio.Task[None]"])
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, tenant_id: UUID) -> Own | None:
        """See `Accounts.of`."""
        return self._own.get(tenant_id)

    def provider(self, account: Account) -> ModelProvider:
        """See `Accounts.provider`."""
        opened = self._by_id.get(account.id)
        if opened is None:
            raise ProviderPermissionError("Your connection was switched off or removed.", provider=account.kind)
        opened.used_at, opened.is_called = self.clock(), True
        return opened.provider

    async def catch_up(self) -> None:
        """Look at once: something was changed here. Where that cannot be, the next round does it."""
        with suppress(DatabaseUnavailableError):
            await self.look()
        self._wake.set()

    @asynccontextmanager
    async def followed(self) -> AsyncGenerator[None]:
        """Look again and again while it is open; then close them all."""
        running = [
            asyncio.create_task(rounds(self._next, every_s=0.0, named="accounts")),
            asyncio.create_task(rounds(self.note_uses, every_s=NOTED_S, named="uses of accounts")),
        ]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            with suppress(DatabaseUnavailableError):
                await self.note_uses()
            await self.close()

    async def look(self) -> None:
        """Open, change and close what the database says. Raises DatabaseUnavailableError."""
        async with self._looking:
            await self._follow(await self.kept.enabled())

    async def _follow(self, kept: Mapping[UUID, KeptAccount]) -> None:
        changed = {opened.kept.tenant_id for which, opened in self._open.items() if which not in kept}
        for gone in self._open.keys() - kept.keys():
            await self._close(gone)
        for account in kept.values():
            opened = self._open.get(account.id)
            if opened is None:
                await self._begin(account)
                changed.add(account.tenant_id)
            elif opened.follow(account):
                changed.add(account.tenant_id)
        for tenant_id in changed:
            self._renew(tenant_id)

    async def close(self) -> None:
        """Close them all."""
        for task in (asking := tuple(self._asking.values())):
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        for which in tuple(self._open):
            await self._close(which)

    async def note_uses(self) -> None:
        """Tell the trail whose credential was shown, and how often; let go of credentials whose rotation is over."""
        for opened in tuple(self._open.values()):
            times, opened.provider.proof.shown = opened.provider.proof.shown, 0
            called, opened.is_called = opened.is_called, False
            if times:
                self.kept.used(opened.kept, times)
            if called:
                await self.kept.called(opened.kept)
            await self.kept.let_go(opened.kept)

    async def discover(self, opened: OpenAccount) -> None:
        """Ask an account for its models. What it listed before stands while it fails."""
        opened.asked_at = self.clock()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                found = await opened.provider.models()
        except (ProviderError, TimeoutError) as error:
            opened.failures += 1
            self._tell_health(opened)
            log.debug("accounts.discovery_failed", connection=str(opened.kept.id), error=type(error).__name__)
            return
        opened.failures = 0
        weighed = await asyncio.to_thread(_weighed, opened, self.library(opened.kept), found[:_MOST_MODELS])
        self._take(opened, weighed)
        self._tell_health(opened)
        self._renew(opened.kept.tenant_id)

    def _tell_health(self, opened: OpenAccount) -> None:
        if opened.account.is_well is (opened.failures > 0):
            opened.account = replace(opened.account, is_well=opened.failures == 0)
            self._renew(opened.kept.tenant_id)

    async def _next(self) -> None:
        await self.look()
        self._ask_those_due()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S if self._are_called() else _QUIET_S):
                await self._wake.wait()
        self._wake.clear()

    def _are_called(self) -> bool:
        since = self.clock() - _CALLED_S
        return any(opened.used_at >= since for opened in self._open.values())

    def _ask_those_due(self) -> None:
        due = [which for which, one in self._open.items() if which not in self._asking and self._is_due(one)]
        for which in due[: _AT_ONCE - len(self._asking)]:
            self._asking[which] = asyncio.create_task(self._ask(which))

    async def _ask(self, which: UUID) -> None:
        try:
            if (opened := self._open.get(which)) is not None:
                await self.discover(opened)
        except Exception:  # the outermost edge of this task
            log.exception("accounts.discovery_broke", connection=str(which))
        finally:
            self._asking.pop(which, None)

    def _is_due(self, opened: OpenAccount) -> bool:
        if opened.asked_at is None:
            return True
        now = self.clock()
        pause_s = min(_ASKED_AGAIN_S, _RETRY_S * 2.0 ** min(opened.failures, 6)) if opened.failures else _ASKED_AGAIN_S
        return now - opened.asked_at >= pause_s and now - opened.used_at < _IN_USE_S

    async def _begin(self, account: KeptAccount) -> None:
        stack = AsyncExitStack()
        opened = await stack.enter_async_context(
            open_account(account, self.kept, admits=self.admits, believed_s=self.believed_s)
        )
        self._open[account.id], self._stacks[account.id] = opened, stack
        self._by_id[opened.account.id] = opened
        self._take(opened, await asyncio.to_thread(_weighed, opened, self.library(account), ()))

    async def _close(self, which: UUID) -> None:
        opened = self._open.pop(which)
        del self._by_id[opened.account.id]
        await self._stacks.pop(which).aclose()

    def _take(self, opened: OpenAccount, weighed: Mapping[str, tuple[ModelCard, Knowledge]]) -> None:
        name = opened.kept.provider
        opened.cards = tuple(card for card, _ in weighed.values())
        opened.knowledge = {f"{name}/{model}": known for model, (_, known) in weighed.items()}

    def _renew(self, tenant_id: UUID) -> None:
        """Put together what an organisation has. Of several accounts for one provider the oldest is asked."""
        theirs: dict[str, OpenAccount] = {}
        for opened in sorted(self._open.values(), key=lambda one: one.kept.id):
            if opened.kept.tenant_id == tenant_id:
                theirs.setdefault(opened.kept.provider, opened)
        if not theirs:
            self._own.pop(tenant_id, None)
            return
        self._own[tenant_id] = Own(
            accounts={name: opened.account for name, opened in theirs.items()},
            cards={name: opened.cards for name, opened in theirs.items()},
            knowledge={model: known for opened in theirs.values() for model, known in opened.knowledge.items()},
        )


def _weighed(
    opened: OpenAccount, library: Library, found: Sequence[ModelCard]
) -> dict[str, tuple[ModelCard, Knowledge]]:
    """What it listed, or our own list where it listed nothing, with what is known of either. Takes milliseconds."""
    library.open()
    name, told = opened.kept.provider, {card.name: card for card in found}
    listed = {card.name: card for card in opened.listed}
    weighed: dict[str, tuple[ModelCard, Knowledge]] = {}
    for model, card in (told or listed).items():
        known = library.knowledge(name, found=told.get(model), listed=listed.get(model))
        weighed[model] = (known.completing(card), known)
    return weighed


@asynccontextmanager
async def connect(
    kept: ProviderAccounts,
    library: Callable[[KeptAccount], Library],
    *,
    admits: Callable[[str], bool] | None,
    believed_s: float,
) -> AsyncGenerator[ConnectedAccounts]:
    """Open the accounts that there are, and follow them; see `ConnectedAccounts`."""
    accounts = ConnectedAccounts(kept=kept, library=library, admits=admits, believed_s=believed_s)
    await accounts.look()
    async with accounts.followed():
        yield accounts
