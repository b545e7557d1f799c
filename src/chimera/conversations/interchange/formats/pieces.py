"""What parts are made of, in whichever file they came: pictures within bounds, quotations, code, files. Pure."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from chimera.conversations.fields import IMAGE_TYPES, MAX_IMAGE_BYTES
from chimera.llm import Image, Part, Text, data_url, split_data_url

Picture: TypeAlias = Callable[[str], bytes | None]
"""Finds the bytes of a file that a conversation names, where the export brings them."""

_BEGINNINGS: Final = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)


def no_picture(_name: str) -> bytes | None:
    """Stands for an export that brings no files."""
    return None


def texts(*said: str) -> tuple[Part, ...]:
    """A part for each that says something."""
    return tuple(Text(text=one) for one in said if one.strip())


def fenced(code: str, language: str = "") -> str:
    """Code as Markdown, whatever it holds."""
    longest = max(map(len, re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language if language.isalnum() else ''}\n{code}\n{fence}"


def attached(name: str, content: str = "") -> str:
    """A file as words: its name, and its text where the export has it."""
    return f"{name}\n\n{fenced(content)}" if content.strip() else f"[{name}]"


def picture(content: bytes | None, name: str) -> Part:
    """A picture, or its name where there is none that a model could see."""
    if content and len(content) <= MAX_IMAGE_BYTES:
        for beginning, media_type in _BEGINNINGS:
            if content.startswith(beginning) and (media_type != "image/webp" or content[8:12] == b"WEBP"):
                return Image(url=data_url(media_type, base64.b64encode(content).decode()))
    return Text(text=f"[{name}]")


def picture_at(url: str, name: str = "image") -> Part:
    """A picture by its address, if that holds it. Nobody else's address is kept: to look at it would tell them."""
    told = split_data_url(url)
    if told is None or told[0] not in IMAGE_TYPES:
        return Text(text=f"[{name}]")
    try:
        return picture(base64.b64decode(told[1], validate=True), name)
    except (binascii.Error, ValueError):
        return Text(text=f"[{name}]")
