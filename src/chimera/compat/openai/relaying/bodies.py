"""Where the model's name stands in a body that is otherwise passed on byte for byte. Pure."""

from typing import Final

import msgspec
from msgspec import Struct

from chimera.compat.openai.forms import FormReader, PartBegun, PartData
from chimera.kit.errors import InvalidRequestError
from chimera.wires.bodies import MEMBERS, decode_body

_NAME: Final = msgspec.json.Decoder(str)
_LONGEST_NAME: Final = 256


class Split(Struct, frozen=True, kw_only=True):
    """A body around the model's name; `None` where it has none, and the name may stand between all the same."""

    model: str | None
    before: bytes
    after: bytes


def split_json(body: bytes) -> Split:
    """Split a JSON object.

    Raises:
        InvalidRequestError: if it is none, or names the model by something that is no name.
    """
    fields = decode_body(body, MEMBERS)
    model = None if "model" not in fields else decode_body(fields["model"], _NAME, at="model")
    others = [msgspec.json.encode(name) + b":" + bytes(value) for name, value in fields.items() if name != "model"]
    before = b"{" + b"".join(other + b"," for other in others) + b'"model":"'
    return Split(model=_checked(model), before=before, after=b'"}')


def split_form(body: bytes, boundary: bytes) -> Split:
    """Split a multipart form at the value of its field `model`.

    Raises:
        InvalidRequestError: if it is no form, or has no such field, or two.
    """
    reader = FormReader(boundary)
    spans: list[tuple[int, int]] = []
    name = ""
    for event in reader.feed(body):
        if isinstance(event, PartBegun):
            name = event.name
        elif isinstance(event, PartData) and name == "model":
            spans.append((event.start, event.start + len(event.data)))
    reader.close()
    if len(spans) != 1:
        raise InvalidRequestError("The form must name the model once.", field="model")
    ((start, end),) = spans
    model = body[start:end].decode("utf-8", "replace")
    return Split(model=_checked(model), before=body[:start], after=body[end:])


def _checked(model: str | None) -> str | None:
    """A name that stands in JSON and in a form as it is."""
    if model is not None and not (
        0 < len(model) <= _LONGEST_NAME and model.isprintable() and not {'"', "\\"} & set(model)
    ):
        raise InvalidRequestError("This is not the name of a model.", field="model")
    return model
