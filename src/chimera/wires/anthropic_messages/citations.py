"""Citations both ways: Anthropic's own keep their words, others travel as results of a web search.

Source: https://platform.claude.com/docs/en/build-with-claude/citations
"""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from chimera.llm import Citation
from chimera.wires.anthropic_messages.content import ORIGIN
from chimera.wires.signatures import sealed, unsealed


class _Told(Struct, frozen=True, gc=False):
    cited_text: str | None = None
    url: str | None = None
    source: str | None = None  # of a search result: where it was found
    title: str | None = None
    document_title: str | None = None
    encrypted_index: str | None = None


_told = msgspec.json.Decoder(_Told)


def decode_citation(raw: bytes) -> Citation:
    """Return a citation, Anthropic's or what `citation_object` made of another's.

    Raises:
        msgspec.MsgspecError: if it is none.
    """
    told = _told.decode(raw)
    source, origin = str(raw, "utf-8"), ORIGIN
    proof, foreign = unsealed(told.encrypted_index or "", wire=ORIGIN)
    if told.encrypted_index and foreign != ORIGIN:
        # It must not go to Anthropic as a result of a search that it never made.
        return Citation(url=told.url, title=told.title, quote=told.cited_text, source=proof, origin=foreign or "other")
    return Citation(
        url=told.url or told.source,
        title=told.title or told.document_title,
        quote=told.cited_text,
        source=source,
        origin=origin,
    )


def citation_object(citation: Citation) -> Raw | dict[str, Any]:
    """Return the citation for a client of this wire."""
    if citation.origin == ORIGIN and citation.source:
        return Raw(citation.source.encode())
    return {
        "type": "web_search_result_location",
        "cited_text": citation.quote or "",
        "encrypted_index": sealed(citation.source, citation.origin, wire=ORIGIN),
        "title": citation.title,
        "url": citation.url or "",
    }
