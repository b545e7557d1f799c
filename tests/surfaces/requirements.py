"""What the surfaces promise, a line each. `test_requirements.py` ties each promise to a test and each test to one."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])

PROMISES = {
    "chat.whole": "A chat completion comes whole, with its finish reason and usage, from every kind of provider.",
    "chat.stream": "It comes in pieces that the SDKs' stream helpers put together to the same answer.",
    "chat.stream.usage": "Usage ends a stream for those who ask with `stream_options`, and for nobody else.",
    "chat.stream.apart": "A hundred streams at once do not mix.",
    "chat.tools.parallel": "Several tools are called in one answer, whole and streamed, each call with its own id.",
    "chat.tools.loop": "Tool results go back with the calls they answer, and the model goes on.",
    "chat.images": "Images reach the provider.",
    "chat.schema": "An answer can be bound to a JSON schema; a provider without schemas is told it in words.",
    "chat.schema.repaired": "There, an answer off its schema is asked for once more, then refused; none is shown.",
    "chat.reasoning": "Shown reasoning is told apart from the answer, as `reasoning_content`.",
    "chat.length": "An answer that met its limit says `length`.",
    "chat.left": "A client may leave a stream.",
    "chat.fallback": "`fallback_models` are asked in turn, and headers say who answered and why.",
    "chat.lost": "What a provider cannot be told is named in `x-chimera-lost`.",
    "chat.history": "A history of 50,000 messages or 20 MB is answered or refused within seconds.",
    "chat.timeout": "`x-chimera-timeout-s` shortens a call; anything but a positive number is refused.",
    "embeddings.encodings": "Vectors are the same as numbers and as base64.",
    "models.list": "Every model that can be asked is listed, under `provider/name`.",
    "models.retrieve": "A listed model can be read by its id, slash included.",
    "errors.shape": "Every refusal has its surface's shape: stable code, request id, no innards, no secrets.",
    "errors.request_id": "Every answer names its request, by the caller's own id where that is a sane one.",
    "errors.provider": "A provider's refusal raises the SDKs' own class; its wrong key is not the caller's 401.",
    "errors.rate_limited": "A provider's rate limit that outlasts our retries is 429.",
    "errors.context_too_long": "A conversation that is too long is 400, `context_length_exceeded`.",
    "errors.model_not_found": "A model that the provider does not have is 404.",
    "errors.unknown_model": "A model that nobody has is 404, `model_not_found`.",
    "errors.in_stream": "A stream that breaks raises in the SDKs; it never looks complete.",
    "errors.malformed": "A wrong field is 400 with its path in `param`; what is not carried is refused.",
    "errors.no_json": "What is no JSON object is refused, however deep, long or broken.",
    "errors.media_type": "Another media type than JSON is 415.",
    "errors.fuzzed": "No spoilt body is a 5xx.",
    "errors.unstorable": "NUL and half surrogates are kept in messages or refused, never a 5xx, on both databases.",
    "errors.wrong_key": "No key, a wrong one or a malformed header is 401 with `www-authenticate`.",
    "errors.body_too_large": "A body that is too large is 413 at once, and the client sees it while it still uploads.",
    "errors.address": "Unknown addresses are 404 and wrong methods 405 with `allow`, everywhere.",
    "http.head": "HEAD is GET without the body.",
    "http.noise": "Strange headers and what is no HTTP do no harm; requests cannot be smuggled.",
    "http.left": "A client that leaves while it uploads is no error of ours.",
    "http.files": "No address leads out of the web app's folder.",
    "openapi.valid": "`/openapi.json` is valid OpenAPI 3.1 and its page needs no other host.",
    "openapi.complete": "Every operation is described, with an example of its body, who may call it, and its refusals.",
    "openapi.kept": "The server does what the description says.",
    "access.public": "Without credentials nothing answers but sign-in, probes, metrics, documentation and the web app.",
    "access.tenant": "Another organisation's ids are not found by any endpoint, and its things are in no list.",
}


def requirement(*ids: str) -> Callable[[Test], Test]:
    """Claim that a test proves these promises."""
    unknown = set(ids) - PROMISES.keys()
    if unknown or not ids:
        raise ValueError(f"no such promise: {', '.join(sorted(unknown))}")
    return lambda test: test
