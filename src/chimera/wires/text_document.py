"""Documents that are plain text, for wires that take no files. Pure."""

import base64
import binascii

from chimera.kit.errors import InvalidRequestError


def decoded_text(base64_text: str) -> str:
    """Return the document's text.

    Raises:
        InvalidRequestError: if it is not base64 of UTF-8 text.
    """
    try:
        return base64.b64decode(base64_text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidRequestError("The document is not base64 of UTF-8 text.", field="messages") from error
