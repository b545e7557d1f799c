"""Other providers' reasoning on its way through Google's clients, and back to whoever thought it. Pure.

The wire has one place for it, `thoughtSignature`, and Google's SDKs keep that as base64. Reasoning that is not shown
travels whole in there, as Google's own does.
"""

import base64
import binascii

import msgspec

from chimera.llm import Thinking

_MARK = "chimera"
_SEALED = msgspec.json.Decoder(tuple[str, str | None, str | None, str | None, bool, str])


def sealed(thinking: Thinking) -> str:
    """Return the reasoning as a signature, with all that is needed to give it back."""
    told = (_MARK, thinking.origin, thinking.signature, thinking.id, thinking.redacted, thinking.text)
    return base64.b64encode(msgspec.json.encode(told)).decode()


def unsealed(signature: str) -> Thinking | None:
    """Return the reasoning that `sealed` put away; `None` for a signature of Google's own."""
    try:
        # The SDKs write the URL-safe alphabet whatever they read.
        told = base64.b64decode(standard_base64(signature), validate=True)
        mark, origin, proof, identity, redacted, text = _SEALED.decode(told)
    except (binascii.Error, ValueError, RecursionError):
        return None
    if mark != _MARK:
        return None
    return Thinking(text=text, signature=proof, origin=origin, redacted=redacted, id=identity)


def standard_base64(text: str) -> str:
    """Return base64 of either alphabet in the standard one, padded."""
    plain = text.translate(_STANDARD)
    return plain + "=" * (-len(plain) % 4)


_STANDARD = str.maketrans("-_", "+/")
