"""A conversation as one HTML page that needs nothing else: all is escaped, and nothing in it runs or loads. Pure.

It prints well, and so becomes a PDF in any browser.
"""

from collections.abc import Iterator
from html import escape
from typing import Final, assert_never

from chimera.conversations.fields import IMAGE_TYPES
from chimera.conversations.interchange.documents import ConversationDocument, MessageDocument
from chimera.conversations.interchange.writers.telling import Branches, branches_of, moment_of, result_of, speaker_of
from chimera.llm import Document, Image, Part, Text, Thinking, ToolCall, ToolResult

_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid var(--line); padding: 1rem 0; }
article.user { background: var(--soft); padding: 1rem; border-radius: .5rem; border: 0; }
header { display: flex; gap: .5rem; justify-content: space-between; font-size: .85rem; opacity: .75; }
p, pre, blockquote { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; }
pre { background: var(--soft); padding: .75rem; border-radius: .375rem; font: .85rem/1.5 ui-monospace, monospace; }
blockquote { border-left: 3px solid var(--line); padding-left: .75rem; opacity: .8; }
img { max-width: 100%; height: auto; }
@media print {
  :root { color-scheme: light; }
  body { margin: 0; max-width: none; font-size: 11pt; }
  header, h1, h2 { break-after: avoid; }
  article.user { border: 1px solid #ccc; }
  img, pre { break-inside: avoid-page; }
}
"""


def write(document: ConversationDocument, branches: Branches = "shown") -> bytes:
    return "".join(_pieces(document, branches)).encode("utf-8", "replace")


def _pieces(document: ConversationDocument, branches: Branches) -> Iterator[str]:
    title = escape(document.title or "Conversation")
    yield '<!doctype html>\n<html lang="">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
    yield '<meta name="referrer" content="no-referrer">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    if document.system_prompt:
        yield f"<blockquote>{escape(document.system_prompt)}</blockquote>\n"
    for number, path in branches_of(document, branches):
        if number > 1 and path:
            yield f"<h2>Branch {number}</h2>\n"
        for message in path:
            yield from _message(message)
    yield "</body>\n</html>\n"


def _message(message: MessageDocument) -> Iterator[str]:
    pinned = " 📌" if message.pinned else ""
    yield f'<article class="{message.role}">\n<header><b>{escape(speaker_of(message))}{pinned}</b>'
    yield f"<time>{moment_of(message)}</time></header>\n"
    if message.lost:
        yield "<p><i>Lost: the key that it was sealed with was destroyed.</i></p>\n"
    yield from map(_part, message.parts)
    if message.error is not None:
        yield f"<p><i>{escape(message.error.detail)}</i></p>\n"
    yield "</article>\n"


def _part(part: Part) -> str:
    match part:
        case Text():
            return f"<p>{escape(part.text)}</p>\n"
        case Thinking():
            return f"<blockquote>{escape(part.text)}</blockquote>\n"
        case Image():
            return _image(part)
        case Document():
            return f"<p>[{escape(part.name or 'file')}]</p>\n"
        case ToolCall():
            return f"<p><b>{escape(part.name)}</b></p>\n<pre>{escape(part.arguments)}</pre>\n"
        case ToolResult():
            return f"<pre>{escape(result_of(part))}</pre>\n"
        case _:
            assert_never(part)


def _image(image: Image) -> str:
    """What is in the page itself; an address elsewhere would tell who reads it, and is only named."""
    if image.url.startswith(tuple(f"data:{kind};base64," for kind in IMAGE_TYPES)):
        return f'<img src="{escape(image.url)}" alt="">\n'
    return f"<p>[{escape(image.url[:300])}]</p>\n"
