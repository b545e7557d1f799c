"""One account, opened: its own connections over the network, which end with it."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from chimera.adapters.accounts.connected.proof import AccountProof, closed
from chimera.adapters.http import open_http
from chimera.encryption.accounts import KeptAccount, ProviderAccounts
from chimera.gateway.accounts.account import Account
from chimera.gateway.knowledge import Knowledge
from chimera.kit.loading import load
from chimera.llm import (
    EmbeddingRequest,
    Embeddings,
    Health,
    ModelCard,
    ModelProvider,
    ProviderError,
    RelayRequest,
    Request,
    Stream,
)

# Where each kind wants a credential; most as `Authorization: Bearer`.
_HEADERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"anthropic": ("x-api-key", ""), "gemini": ("x-goog-api-key", "")}
)
_USUAL: Final = ("Authorization", "Bearer ")


@dataclass(slots=True, kw_only=True, eq=False)
class OwnProvider:
    """The port `ModelProvider`: says plainly that the account was closed, where a call fails of that."""

    proof: AccountProof
    inner: ModelProvider
    is_closed: bool = False

    def stream(self, request: Request) -> Stream:
        return self._guarded(lambda: self.inner.stream(request))

    def relay(self, request: RelayRequest) -> Stream:
        return self._guarded(lambda: self.inner.relay(request))

    async def embed(self, request: EmbeddingRequest) -> Embeddings:
        try:
            return await self.inner.embed(request)
        except (ProviderError, RuntimeError) as error:
            if self.is_closed:
                raise closed(self.proof.account) from error
            raise

    async def models(self) -> Sequence[ModelCard]:
        return await self.inner.models()

    async def check(self) -> Health:
        return await self.inner.check()

    async def _guarded(self, begun: Callable[[], Stream]) -> Stream:
        if self.is_closed:
            raise closed(self.proof.account)
        try:
            async with aclosing(begun()) as stream:
                async for event in stream:
                    yield event
        except (ProviderError, RuntimeError) as error:  # RuntimeError: of a session that was closed under it
            if self.is_closed:
                raise closed(self.proof.account) from error
            raise


@dataclass(slots=True, kw_only=True, eq=False)
class OpenAccount:
    """What is known of an open account.

    Attributes:
        cards: What it serves: as it said last, or as our own list says.
        asked_at: Moment of the last question for its models.
        failures: Of such questions in a row.
        used_at: Moment of its last call.
        is_called: Whether there was one since somebody asked.
    """

    account: Account
    provider: OwnProvider
    listed: Sequence[ModelCard]
    cards: Sequence[ModelCard] = ()
    knowledge: Mapping[str, Knowledge] = field(default_factory=dict[str, Knowledge])
    asked_at: float | None = None
    failures: int = 0
    used_at: float = 0.0
    is_called: bool = False

    @property
    def kept(self) -> KeptAccount:
        return self.provider.proof.account

    def follow(self, kept: KeptAccount) -> bool:
        """Take over how the connection stands now; tell whether that changes what calls see."""
        proof = self.provider.proof
        if kept == proof.account:
            proof.forget()
        else:
            proof.account = kept
        if kept.house_follows == self.account.house_follows:
            return False
        self.account = replace(account_of(kept), is_well=self.account.is_well)
        return True


def account_of(kept: KeptAccount) -> Account:
    module = load("providers", kept.kind)
    return Account(
        id=str(kept.id),
        kind=kept.kind,
        wires=tuple(getattr(module, "WIRES", ())),
        relays=tuple(getattr(module, "RELAYS", ())),
        house_follows=kept.house_follows,
    )


@asynccontextmanager
async def open_account(
    kept: KeptAccount, accounts: ProviderAccounts, *, admits: Callable[[str], bool] | None, believed_s: float
) -> AsyncGenerator[OpenAccount]:
    """Open one. Leaving closes its connections at once, and so ends its calls.

    Args:
        kept: As it stands.
        accounts: The road to its credential.
        admits: Judges each address before it is connected to; `None` admits all.
        believed_s: For so long an opened credential is kept.
    """
    module = load("providers", kept.kind)
    header, prefix = _HEADERS.get(kept.kind, _USUAL)
    proof = AccountProof(accounts=accounts, account=kept, header=header, prefix=prefix, believed_s=believed_s)
    settings = module.Settings(name=kept.provider, base_url=kept.base_url).proven_by(proof)
    async with open_http(admits=admits) as http, module.connect(settings, http) as inner:
        provider = OwnProvider(proof=proof, inner=inner)
        try:
            yield OpenAccount(account=account_of(kept), provider=provider, listed=tuple(module.MODELS))
        finally:
            provider.is_closed = True
