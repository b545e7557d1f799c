"""What models are shown of conversations, put together."""

import asyncio
from collections.abc import Callable, Coroutine

from chimera.bootstrap.settings import Settings
from chimera.conversations.context import Budget
from chimera.conversations.service import Composer, Desk, Meanings, Summaries
from chimera.gateway.access.catalogues import Catalogues
from chimera.gateway.caching.embedder import OpenEmbedder
from chimera.gateway.calibration import Learning
from chimera.gateway.call import Target
from chimera.kit.scope import Scope


def open_composer(
    settings: Settings,
    desk: Desk,
    *,
    catalogues: Catalogues,
    learning: Learning,
    embedder: OpenEmbedder,
    spawn: Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"],
) -> Composer:
    """What makes the questions of turns; the embedding model is loaded when a conversation gets long."""

    def target(scope: Scope, model: str) -> Target | None:
        catalogue = catalogues.of(scope)
        listed = catalogue.describe(model)
        if listed is None:
            return catalogue.resolve(model)
        return Target(provider=listed.target.provider, model=listed.target.model, card=listed.card)

    model = settings.context_summary_model
    summaries = Summaries(database=desk.database, gateway=desk.gateway, model=model, spawn=spawn) if model else None
    return Composer(
        database=desk.database,
        target=target,
        factors=learning.calibration.factors,
        budget=Budget(most_tokens=settings.context_tokens, output_tokens=settings.context_output_tokens),
        meanings=Meanings(database=desk.database, open=embedder, spawn=spawn),
        summaries=summaries,
    )
