"""What the gateway leans on beyond providers: all of it optional, so that the command line can do without."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from chimera.adapters.redis_link import RedisLink
from chimera.bootstrap.parts.embedder import embedder_of
from chimera.bootstrap.parts.knowledge import Sources, sources_once
from chimera.crypto.sealing import Sealers
from chimera.gateway.accounts.account import Accounts, NoAccounts
from chimera.gateway.caching.embedder import OpenEmbedder
from chimera.gateway.calibration import FactorMemory
from chimera.kit.scope import Scope
from chimera.kit.trail import Trail, Unwritten
from chimera.policies.policy import DEFAULT, Policy
from chimera.spend.claims import Books
from chimera.store import Database


async def _default(_scope: Scope) -> Policy:
    return DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """Everything but the providers.

    Attributes:
        policy: What the caller's organisation decided.
        books: Keep budgets and ledger; without them nothing is counted.
        redis: What replicas share; without it each keeps to itself.
        sealers: Seal what replicas share of content. Whoever has `redis` has them.
        memory: Keeps what is learned of token counts; without one it is forgotten.
        embedder: Turns texts into vectors; one for all who need it.
        trail: Is told of every call.
        accounts: Organisations' own.
        sources: Opens the libraries of facts about models.
        words: The same from their words alone, at once, for who decides before a call is made.
    """

    policy: Callable[[Scope], Awaitable[Policy]] = _default
    database: Database | None = None
    books: Books | None = None
    redis: RedisLink | None = None
    sealers: Sealers | None = None
    memory: FactorMemory | None = None
    trail: Trail = field(default_factory=Unwritten)
    embedder: OpenEmbedder = field(default_factory=embedder_of)
    accounts: Accounts = field(default_factory=NoAccounts)
    sources: Sources = field(default_factory=sources_once)
    words: OpenEmbedder = field(default_factory=partial(embedder_of, "wordpieces"))
