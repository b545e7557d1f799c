"""Three answers to one question, from cheap and rough to dear and exact: a bound, an estimate, a count."""

from pathlib import Path

from msgspec import Struct

from chimera.gateway.tokens.content import Content, content_of
from chimera.gateway.tokens.estimate import Ratio, estimate_text
from chimera.gateway.tokens.vocabularies import FOLDER, count_text, vocabulary, vocabulary_name
from chimera.llm import Request

# How OpenAI's models pack messages: https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken
_PER_MESSAGE = 4  # three marks and the role
_PER_NAME = 1
_REPLY = 3
# The same document: 7 to 12 a function, 3 a property. Schemas are counted as JSON, which has more marks than needed.
_PER_TOOL = 8
# https://platform.openai.com/docs/guides/images-vision#calculating-costs: 85 at low detail, 765 for 1024 x 1024 and
# 1105 for 2048 x 4096 at high; Claude reads 1,600 at most, Gemini 258 a tile.
_SMALL_IMAGE = 85
_IMAGE = 1_100
_DOCUMENT = 3_000  # a page or two; nobody tells before it was read
# The dearest that is published: eight tiles to gpt-4o-mini, 2,833 + 8 x 5,667 (same page).
_DEAREST_IMAGE = 48_200
# Templates of other vendors: a default system prompt, marks around each message.
_DEAREST_FRAME, _DEAREST_MESSAGE = 64, 16

# Of the estimate, for texts in the scripts it was fitted to.
ESTIMATE_ERROR = 0.3
# Measured against o200k_base: Llama 3 1.04 (Russian 1.21), Gemini 1.08, Claude 1.06 to 1.2.
_OTHERS = Ratio(ascii=1.1, other=1.25)
_RATIOS = {"o200k_base": Ratio(), "cl100k_base": Ratio(ascii=1.0, other=1.8)}


class TokenCount(Struct, frozen=True, kw_only=True):
    """Tokens of a request as the model reads it.

    Attributes:
        exact: Whether it was counted with the model's own vocabulary and nothing in it had to be guessed.
    """

    tokens: int
    exact: bool

    @property
    def at_least(self) -> int:
        return self.tokens if self.exact else int(self.tokens * (1 - ESTIMATE_ERROR))

    @property
    def at_most(self) -> int:
        return self.tokens if self.exact else int(self.tokens * (1 + ESTIMATE_ERROR))


def upper_bound(request: Request) -> int | None:
    """Tokens that the request cannot exceed for any byte-level vocabulary, in microseconds; `None` with documents.

    A byte-level vocabulary has a token for every byte, and merging only makes fewer.
    """
    content = content_of(request)
    if content.documents:
        return None
    size = sum(len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")) for text in content.texts)
    pieces = content.messages + content.names + content.tools
    images = content.images + content.small_images
    return size + _DEAREST_FRAME + pieces * _DEAREST_MESSAGE + images * _DEAREST_IMAGE


def estimate(request: Request, model: str) -> TokenCount:
    """Tokens of the request by script, about 5 ms a megabyte. Never exact."""
    content = content_of(request)
    ratio = _RATIOS.get(vocabulary_name(model) or "", _OTHERS)
    texts = sum(estimate_text(text, ratio) for text in content.texts)
    return TokenCount(tokens=round(texts) + _frame(content), exact=False)


def count(request: Request, model: str, *, folder: Path = FOLDER) -> TokenCount:
    """Tokens of the request by the model's own vocabulary where it is public, else by estimate.

    May load a vocabulary and takes about 0.1 s a megabyte: call it outside the event loop.
    """
    name = vocabulary_name(model)
    encoding = vocabulary(name, folder) if name else None
    if encoding is None:
        return estimate(request, model)
    content = content_of(request)
    counted = [count_text(encoding, text) for text in content.texts if text]
    tokens = sum(tokens for tokens, _ in counted) + _frame(content)
    return TokenCount(tokens=tokens, exact=content.plain and all(exact for _, exact in counted))


def _frame(content: Content) -> int:
    return (
        _REPLY
        + content.messages * _PER_MESSAGE
        + content.names * _PER_NAME
        + content.tools * _PER_TOOL
        + content.images * _IMAGE
        + content.small_images * _SMALL_IMAGE
        + content.documents * _DOCUMENT
    )
