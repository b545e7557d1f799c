"""A list of models that comes in pages."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from chimera.adapters.streaming import Upstream
from chimera.llm import ModelCard

_MOST_PAGES = 20


async def all_pages(
    upstream: Upstream, url: str, *, cursor: str, decode: Callable[[bytes], tuple[Sequence[ModelCard], str | None]]
) -> Sequence[ModelCard]:
    """Return the models of all pages, twenty at most.

    Args:
        upstream: Whom to ask.
        url: Address of the first page, with a query.
        cursor: Name of the parameter that asks for a later page.
        decode: Reads a page: its models, and the value of `cursor` for the next page if there is one.

    Raises:
        ProviderError: every way to fail.
    """
    cards: list[ModelCard] = []
    asked = url
    for _ in range(_MOST_PAGES):
        page, following = await upstream.ask("GET", asked, decode=decode)
        cards += page
        if following is None:
            break
        asked = f"{url}&{cursor}={quote(following, safe='')}"
    return cards
