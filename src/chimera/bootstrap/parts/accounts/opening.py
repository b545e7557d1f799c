"""Organisations' own accounts at providers: opened, followed, and known to those who change them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from chimera.adapters.accounts.connected import ConnectedAccounts, connect
from chimera.bootstrap.access.encryption import Sealing, admits
from chimera.bootstrap.parts.knowledge import Sources, vendor_at
from chimera.bootstrap.settings import Settings
from chimera.encryption.accounts import KeptAccount
from chimera.gateway.knowledge import Library

# A destroyed key opens nothing any more within 5 s, also of what another server had opened; other stores of secrets
# know of no such keys, and may charge for each question.
_BELIEVED_S: Final = 2.0
_BELIEVED_ELSEWHERE_S: Final = 55.0
_IN_DATABASE: Final = "database"
_MOST_LIBRARIES: Final = 256


@dataclass(slots=True)
class Libraries:
    """What is known of models, by the name under which an account's provider goes and who charges for them."""

    sources: Sources
    _known: dict[tuple[str, str | None], Library] = field(default_factory=dict[tuple[str, str | None], Library])

    def of(self, account: KeptAccount) -> Library:
        name, vendor = account.provider, vendor_at(account.kind, account.base_url)
        known = self._known.get((name, vendor))
        if known is None:
            vendors = {name: vendor} if vendor else {}
            known = self._known[name, vendor] = Library(open_sources=self.sources, vendors=vendors)
            if len(self._known) > _MOST_LIBRARIES:  # organisations may call their providers anything
                del self._known[next(iter(self._known))]
        return known


@asynccontextmanager
async def open_accounts(settings: Settings, sealing: Sealing, sources: Sources) -> AsyncGenerator[ConnectedAccounts]:
    """Open those that there are. Leaving closes them, and ends their calls."""
    believed_s = _BELIEVED_S if settings.secrets.store == _IN_DATABASE else _BELIEVED_ELSEWHERE_S
    connected = connect(sealing.accounts, Libraries(sources).of, admits=admits(settings), believed_s=believed_s)
    async with connected as accounts:
        sealing.connections.listeners.append(accounts.catch_up)
        yield accounts
