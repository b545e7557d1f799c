"""Answers to questions that mean the same, put together when the first one comes: numpy and the embedder are heavy."""

import asyncio
from importlib import import_module

from chimera.gateway.caching.answers import Answers, Spawn
from chimera.gateway.caching.embedder import OpenEmbedder
from chimera.gateway.caching.likeness import Likeness
from chimera.gateway.caching.similar import SimilarAnswers


def likeness_of(answers: Answers, embedder: OpenEmbedder, spawn: Spawn) -> Likeness:
    async def opened() -> SimilarAnswers:
        library = await asyncio.to_thread(import_module, "chimera.gateway.caching.semantic.library")
        similar: SimilarAnswers = library.Library(await embedder())
        return similar

    return Likeness(open=opened, answers=answers, spawn=spawn)
