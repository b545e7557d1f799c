"""`:countTokens`, of a bare conversation or of a whole request."""

from dataclasses import dataclass

import msgspec
from msgspec import Raw

from chimera.llm import RelayRequest, Request
from chimera.wires.bodies import decode_body
from chimera.wires.gemini.decoding.request import decode_request
from chimera.wires.gemini.spelling import camel

COUNT = "countTokens"
_WHOLE = "generateContentRequest"
_members = msgspec.json.Decoder(dict[str, Raw])


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCall:
    """What the body asks.

    Attributes:
        request: In the language.
        relayed: In the caller's own words, for Google itself.
    """

    request: Request
    relayed: RelayRequest


def decode_count(body: bytes, *, model: str) -> CountCall:
    """Return what is to be counted.

    Raises:
        InvalidRequestError: for a body that is no request.
    """
    members = decode_body(body, _members)
    whole = next((raw for name, raw in members.items() if camel(name) == _WHOLE), None)
    if whole is not None:
        members = decode_body(whole, _members, at=_WHOLE)
    others = {name: raw for name, raw in members.items() if name != "model"}
    plain = msgspec.json.encode(others)
    relayed = RelayRequest(
        model=model,
        operation=COUNT,
        before=b'{"generateContentRequest":{"model":"models/',
        after=(b'",' + plain[1:] if others else b'"}') + b"}",
    )
    return CountCall(request=decode_request(plain, model=model).request, relayed=relayed)


def encode_count(tokens: int) -> bytes:
    return msgspec.json.encode({"totalTokens": tokens})
