"""What wires without names, marks and sources leave out is named, each thing once."""

from tests.wires.requests import PDF, PNG, ask

from chimera.llm import Citation, Document, Image, Message, Text, Thinking, Tool
from chimera.wires.losses import lost_in


def test_nothing_is_lost_of_a_plain_question() -> None:
    assert lost_in(ask("Hi"), origin="gemini") == set()


def test_each_loss_is_named_once_however_often_it_happens() -> None:
    said = Message(
        role="assistant",
        parts=(
            Thinking(text="own", origin="gemini"),
            Thinking(text="hm", origin="elsewhere"),
            Text(text="a", citations=(Citation(url="https://a.example"),)),
        ),
    )
    asked = Message(
        role="user",
        name="Ada",
        parts=(Text(text="b", cache="5m"), Image(url=PNG, detail="low"), Document(url=PDF, citable=True, cache="1h")),
    )
    request = ask(messages=(asked, said, asked), tools=(Tool(name="f", strict=True, cache="5m"),))
    assert lost_in(request, origin="gemini") == {
        "messages.name", "messages.thinking", "messages.citations", "messages.image.detail",
        "messages.document.citations", "cache", "tools.strict",
    }  # fmt: skip
