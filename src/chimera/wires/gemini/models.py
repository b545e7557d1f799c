"""The list of `GET /v1beta/models`."""

import msgspec
from msgspec import Struct

from chimera.llm import Capabilities, ModelCard
from chimera.wires.reading import read

_CHAT = "generateContent"
_EMBEDDING = frozenset({"embedContent", "batchEmbedContents"})
# Models that answer `generateContent` with pictures, speech or actions instead of text.
_NOT_CHAT = ("-image", "-tts", "-audio", "-live", "robotics", "computer-use", "-omni", "lyria", "veo")


class _Model(Struct, rename="camel"):
    name: str
    input_token_limit: int | None = None
    output_token_limit: int | None = None
    supported_generation_methods: list[str] = []
    thinking: bool | None = None


class _Page(Struct, rename="camel"):
    models: list[_Model] = []
    next_page_token: str | None = None


_pages = msgspec.json.Decoder(_Page)


def decode_model_page(body: bytes) -> tuple[list[ModelCard], str | None]:
    """Return the chat and embedding models of one page, and the `pageToken` of the next page if there is one.

    Raises:
        WireError: if the body is no list of models.
    """
    page = read(_pages, body, what="The list of models")
    cards = [card for card in map(_card, page.models) if card]
    return cards, page.next_page_token or None


def _card(model: _Model) -> ModelCard | None:
    name = model.name.removeprefix("models/")
    methods = set(model.supported_generation_methods)
    if methods & _EMBEDDING:
        capabilities = Capabilities(chat=False, tools=False, structured_output=False, embeddings=True)
        return ModelCard(name=name, capabilities=capabilities, context_tokens=model.input_token_limit, owner="google")
    if _CHAT not in methods or any(word in name for word in _NOT_CHAT):
        return None
    gemini = not name.startswith("gemma")
    return ModelCard(
        name=name,
        capabilities=Capabilities(images=True, tools=gemini, structured_output=gemini, reasoning=bool(model.thinking)),
        context_tokens=_sum(model.input_token_limit, model.output_token_limit),
        output_tokens=model.output_token_limit,
        owner="google",
    )


def _sum(input_tokens: int | None, output_tokens: int | None) -> int | None:
    # Google's two limits hold separately; ours is for both together.
    return input_tokens + (output_tokens or 0) if input_tokens is not None else None
