"""Three answers to one question, from cheap and rough to dear and exact: a bound, an estimate, a count."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from chimera.gateway.tokens.content import Content, content_of
from chimera.gateway.tokens.estimate import Ratio, estimate_text
from chimera.gateway.tokens.scripts import Script, script_of
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
_BYTES_A_TOKEN = 4  # of English and of code; other scripts have more bytes a character, and about as many a token
# Templates of other vendors: a default system prompt, marks around each message.
_DEAREST_FRAME, _DEAREST_MESSAGE = 64, 16

# Of the estimate, for texts in the scripts it was fitted to; and of one whose factor was learned.
ESTIMATE_ERROR = 0.3
LEARNED_ERROR = 0.12
# Measured against o200k_base: Llama 3 1.04 (Russian 1.21), Gemini 1.08, Claude 1.06 to 1.2.
_OTHERS = Ratio(ascii=1.1, other=1.25)
# Nobody's vocabulary needs fewer tokens than OpenAI's latest, by the measurements above, but for a few words.
_THRIFTY_MODEL, _THRIFTIEST = "gpt-5", 0.9
_RATIOS = {"o200k_base": Ratio(), "cl100k_base": Ratio(ascii=1.0, other=1.8)}


Factors = Mapping[Script, float]
"""What a provider reports, compared with our estimate, by the script of the text; learned from its answers."""

_NOTHING_LEARNED: Factors = MappingProxyType({})


class TokenCount(Struct, frozen=True, kw_only=True):
    """Tokens of a request as the model reads it.

    Attributes:
        exact: Whether it was counted with the model's own vocabulary and nothing in it had to be guessed.
        error: How far the truth may be off, as a share of `tokens`; means nothing where it is exact.
    """

    tokens: int
    exact: bool
    error: float = ESTIMATE_ERROR

    @property
    def at_least(self) -> int:
        return self.tokens if self.exact else int(self.tokens * (1 - self.error))

    @property
    def at_most(self) -> int:
        return self.tokens if self.exact else int(self.tokens * (1 + self.error))


def upper_bound(content: Content) -> int | None:
    """Tokens that a request cannot exceed for any byte-level vocabulary, in microseconds; `None` with documents.

    A byte-level vocabulary has a token for every byte, and merging only makes fewer.
    """
    if content.documents:
        return None
    pieces = content.messages + content.names + content.tools
    images = content.images + content.small_images
    return content.size + _DEAREST_FRAME + pieces * _DEAREST_MESSAGE + images * _DEAREST_IMAGE


def rough(content: Content) -> int:
    """Tokens of a request as a quarter of its bytes, in microseconds: for rates, which forgive."""
    return content.size // _BYTES_A_TOKEN + frame_of(content)


def estimate(request: Request, model: str, factors: Factors = _NOTHING_LEARNED) -> TokenCount:
    """Tokens of the request by script, about 5 ms a megabyte. Never exact."""
    content = content_of(request)
    return _estimated(content.texts, model, factors, frame=frame_of(content))


def count(request: Request, model: str, factors: Factors = _NOTHING_LEARNED, *, folder: Path = FOLDER) -> TokenCount:
    """Tokens of the request by the model's own vocabulary where it is public, else by estimate.

    May load a vocabulary and takes about 0.1 s a megabyte: call it outside the event loop.
    """
    content = content_of(request)
    counted = _counted(content.texts, model, folder)
    if counted is None:
        return _estimated(content.texts, model, factors, frame=frame_of(content))
    return TokenCount(tokens=counted.tokens + frame_of(content), exact=content.plain and counted.exact)


def count_alone(text: str, model: str, factors: Factors = _NOTHING_LEARNED) -> TokenCount:
    """Tokens of a text without any frame, as an embedding model reads it; call it outside the event loop."""
    return _counted([text], model, FOLDER) or estimate_alone(text, model, factors)


def fewest_alone(text: str, model: str) -> int:
    """The fewest tokens that a text surely has for a model; call it outside the event loop."""
    counted = _counted([text], model, FOLDER)
    if counted is not None:
        return counted.tokens
    counted = _counted([text], _THRIFTY_MODEL, FOLDER)
    return estimate_alone(text, model).at_least if counted is None else int(counted.tokens * _THRIFTIEST)


def estimate_alone(text: str, model: str, factors: Factors = _NOTHING_LEARNED) -> TokenCount:
    """The same by script, at once: 5 ms a megabyte. Never exact."""
    return _estimated([text], model, factors, frame=0)


def by_script(texts: Sequence[str], model: str) -> dict[Script, float]:
    """The estimate of some texts, nothing learned applied, by the script of each."""
    ratio = _RATIOS.get(vocabulary_name(model) or "", _OTHERS)
    found: dict[Script, float] = {}
    for text in texts:
        if text:
            script = script_of(text)
            found[script] = found.get(script, 0.0) + estimate_text(text, ratio)
    return found


def _estimated(texts: Sequence[str], model: str, factors: Factors, *, frame: int) -> TokenCount:
    if not factors:
        ratio = _RATIOS.get(vocabulary_name(model) or "", _OTHERS)
        return TokenCount(tokens=round(sum(estimate_text(text, ratio) for text in texts)) + frame, exact=False)
    rough = by_script(texts, model)
    learned = sum(tokens * factors[script] for script, tokens in rough.items() if script in factors)
    guessed = sum(tokens for script, tokens in rough.items() if script not in factors)
    tokens = learned + guessed + frame
    error = (learned * LEARNED_ERROR + (guessed + frame) * ESTIMATE_ERROR) / tokens if tokens else ESTIMATE_ERROR
    return TokenCount(tokens=round(tokens), exact=False, error=error)


def _counted(texts: Sequence[str], model: str, folder: Path) -> TokenCount | None:
    name = vocabulary_name(model)
    encoding = vocabulary(name, folder) if name else None
    if encoding is None:
        return None
    counted = [count_text(encoding, text) for text in texts if text]
    return TokenCount(tokens=sum(tokens for tokens, _ in counted), exact=all(exact for _, exact in counted))


def frame_of(content: Content) -> int:
    """Tokens of a request beside its texts: marks around messages, and what is charged by the piece."""
    return (
        _REPLY
        + content.messages * _PER_MESSAGE
        + content.names * _PER_NAME
        + content.tools * _PER_TOOL
        + content.images * _IMAGE
        + content.small_images * _SMALL_IMAGE
        + content.documents * _DOCUMENT
    )
