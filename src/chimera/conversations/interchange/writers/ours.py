"""Our own format: all of a conversation as one line of JSON. Pure."""

from typing import Final

import msgspec

from chimera.conversations.interchange.documents import ConversationDocument

_ENCODER: Final = msgspec.json.Encoder()


def write(document: ConversationDocument) -> bytes:
    """One line, which is a file of its own as well."""
    return _ENCODER.encode(document) + b"\n"
