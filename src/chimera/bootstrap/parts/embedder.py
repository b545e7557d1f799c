"""The local embedder, loaded when somebody first needs it, and then once."""

import asyncio

from chimera.gateway.caching.embedder import Embedder, EmbedderMissingError, OpenEmbedder
from chimera.kit.loading import load


def embedder_of(name: str = "minilm") -> OpenEmbedder:
    """Give what gives the embedder. All who ask wait for one loading; after one that failed the next one tries again.

    The given function raises `EmbedderMissingError` where the embedder's files were not built, or a library of it is
    not installed: a wheel brings the files, and the library only as its extra `embedder`.
    """
    loading: asyncio.Future[Embedder] | None = None

    def connect() -> Embedder:
        try:
            made: Embedder = load("embedders", name).connect()
        except ImportError as error:
            raise EmbedderMissingError(
                f"The local embedder needs the package {error.name}: run `make install`, or install chimera[embedder]."
            ) from error
        return made

    async def opened() -> Embedder:
        nonlocal loading
        if loading is None or (loading.done() and (loading.cancelled() or loading.exception() is not None)):
            loading = asyncio.get_running_loop().run_in_executor(None, connect)
        return await asyncio.shield(loading)

    return opened
