"""What people send in a conversation, field by field: how long it may be, and what is refused of it."""

import base64
import binascii
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from chimera.kit.numbers import number

MEBIBYTE: Final = 1_048_576
MAX_TEXT: Final = 200_000
MAX_IMAGES: Final = 10
MAX_IMAGE_BYTES: Final = 10 * MEBIBYTE
IMAGE_TYPES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
# Told, not enforced: `_image` says which of it is wrong, and does not try one alternative after the other.
_IMAGE_PATTERN: Final = (
    "^data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$"
)
# Told, not enforced: what Python takes for white space and patterns do not is named.
BLANK: Final = "\\s\\u001c-\\u001f\\u0085"
MAX_SEQ: Final = 2**31 - 1


def _unicode(text: str) -> str:
    """JSON can say half of a surrogate pair, which no encoding and no database can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain half of a surrogate pair") from None
    return text


def storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the character U+0000")
    return _unicode(text)


def _not_blank(text: str) -> str:
    _unicode(text)
    if not text.strip():
        raise ValueError("must contain more than white space")
    return text


def _image(url: str) -> str:
    head, comma, data = url.partition(",")
    media_type, _, coding = head.removeprefix("data:").partition(";")
    if not comma or not head.startswith("data:") or coding != "base64":
        raise ValueError("must be a data URL such as data:image/png;base64,iVBORw0…")
    if media_type not in IMAGE_TYPES:
        raise ValueError(f"must be one of {', '.join(IMAGE_TYPES)}")
    if len(data) * 3 // 4 > MAX_IMAGE_BYTES:
        raise ValueError(f"must not hold more than {MAX_IMAGE_BYTES // MEBIBYTE} MiB")
    try:
        held = base64.b64decode(data, validate=True)
    except binascii.Error:
        raise ValueError("must hold valid base64") from None
    if not held:
        raise ValueError("must not be empty")
    return url


_NO_NUL: Final = {"pattern": "^[^\\u0000]*$"}
# Lengths are checked before the text itself: the other way round the refusal would name the validator.
Title: TypeAlias = Annotated[
    str, Field(max_length=300, examples=["Skies"], json_schema_extra=_NO_NUL), AfterValidator(storable)
]
Model: TypeAlias = Annotated[
    str,
    Field(min_length=1, max_length=300, examples=["openai/gpt-5"], json_schema_extra=_NO_NUL),
    AfterValidator(storable),
]
Temperature: TypeAlias = Annotated[float, Field(strict=True, ge=0, le=2, allow_inf_nan=False, examples=[0.7])]
Count: TypeAlias = Annotated[int, Field(ge=1, le=MAX_SEQ), BeforeValidator(number)]
Prompt: TypeAlias = Annotated[
    str,
    Field(max_length=MAX_TEXT, examples=["You answer in one sentence."], json_schema_extra=_NO_NUL),
    AfterValidator(storable),
]
Said: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TEXT,
        examples=["Why is the sky blue?"],
        json_schema_extra={"pattern": f"[^{BLANK}]"},
    ),
    AfterValidator(_not_blank),
]
ImageUrl: TypeAlias = Annotated[
    str,
    AfterValidator(_image),
    Field(examples=["data:image/png;base64,iVBORw0KGgo="], json_schema_extra={"pattern": _IMAGE_PATTERN}),
]
