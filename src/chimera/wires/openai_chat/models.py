"""Lists of models: every imitator's list as our cards, and our catalogue as OpenAI's list."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from chimera.llm import Capabilities, ModelCard
from chimera.wires.failure import WireError

# What OpenAI and its imitators list beside chat and embedding models, or serve on other paths only.
_NEITHER = re.compile(
    r"whisper|tts|transcribe|dall-e|gpt-image|chatgpt-image|sora|moderation|realtime|audio|davinci|babbage"
    r"|gpt-3\.5-turbo-instruct|rerank|computer-use|search-api",
    re.IGNORECASE,
)
_EMBEDDING = re.compile(r"embed|\bbge-|\be5-|\bgte-|minilm", re.IGNORECASE)
_SEES = re.compile(
    r"gpt-4o|gpt-4\.1|gpt-[5-9]|codex|\bo[134]\b|-vl\b|vision|pixtral|llava|gemini|claude|gemma-?3|llama-?4",
    re.IGNORECASE,
)
_REASONS = re.compile(
    r"\bo[134]\b|codex|gpt-[5-9]|gpt-oss|reasoner|deepseek-(?:v4|r1)|qwq|thinking|magistral", re.IGNORECASE
)


class _Architecture(Struct, frozen=True, gc=False):
    input_modalities: list[str] | None = None
    output_modalities: list[str] | None = None


class _Top(Struct, frozen=True, gc=False):
    max_completion_tokens: int | None = None


class _Model(Struct, frozen=True, gc=False):
    """One model of any imitator's list; the length of the context has as many names as there are servers."""

    id: str
    owned_by: str | None = None
    type: str | None = None
    context_length: int | None = None
    max_model_len: int | None = None
    max_context_length: int | None = None
    context_window: int | None = None
    architecture: _Architecture | None = None
    top_provider: _Top | None = None
    supported_parameters: list[str] | None = None


class _List(Struct, frozen=True, gc=False):
    data: list[_Model]


_decode = msgspec.json.Decoder(_List | list[_Model]).decode


def decode_models(body: bytes) -> list[ModelCard]:
    """Return the chat and embedding models of a list.

    Raises:
        WireError: for what is no list of models.
    """
    try:
        told = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError("malformed", "The provider sent no list of models.") from error
    models = told.data if isinstance(told, _List) else told
    return [_card(model) for model in models if _is_wanted(model)]


def guess_card(name: str) -> ModelCard:
    """Return what a model's name alone tells."""
    return _card(_Model(id=name))


def encode_models(models: Iterable[tuple[str, ModelCard]]) -> bytes:
    """Return the models, by our ids of them, as OpenAI's list."""
    return msgspec.json.encode({"object": "list", "data": [_listed(name, card) for name, card in models]})


def encode_model(id: str, card: ModelCard) -> bytes:
    return msgspec.json.encode(_listed(id, card))


def _listed(id: str, card: ModelCard) -> dict[str, Any]:
    # The specification requires `created`; providers do not tell it to us.
    return {"id": id, "object": "model", "created": 0, "owned_by": card.owner or "unknown"}


def _is_wanted(model: _Model) -> bool:
    if _NEITHER.search(model.id):
        return False
    writes = model.architecture.output_modalities if model.architecture else None
    return not writes or "text" in writes or "embeddings" in writes


def _card(model: _Model) -> ModelCard:
    lengths = (model.context_length, model.max_model_len, model.max_context_length, model.context_window)
    return ModelCard(
        name=model.id,
        capabilities=_capabilities(model),
        context_tokens=next((length for length in lengths if length), None),
        output_tokens=model.top_provider.max_completion_tokens if model.top_provider else None,
        owner=model.owned_by or "",
    )


def _capabilities(model: _Model) -> Capabilities:
    if model.type in {"embedding", "embeddings"} or _EMBEDDING.search(model.id):
        return Capabilities(chat=False, tools=False, structured_output=False, embeddings=True)
    reads = model.architecture.input_modalities if model.architecture else None
    parameters = model.supported_parameters
    return Capabilities(
        tools=parameters is None or "tools" in parameters,
        structured_output=parameters is None or bool({"response_format", "structured_outputs"} & set(parameters)),
        images=model.type == "vlm" or ("image" in reads if reads else bool(_SEES.search(model.id))),
        reasoning="reasoning" in parameters if parameters else bool(_REASONS.search(model.id)),
    )
