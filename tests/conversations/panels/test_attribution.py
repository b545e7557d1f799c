"""No model is shown another's words as its own, on whatever wire it is asked, and nobody's words forge a speaker."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.conversations.panels.rooms import ADA, ALL, BOB, EVE, human, room, said, slots, states

from chimera.conversations.panels.headers import escaped, header
from chimera.conversations.panels.settings import Council, RoundRobin
from chimera.conversations.panels.state import State
from chimera.conversations.panels.steps import Slot
from chimera.conversations.panels.transcript import labels, request_for
from chimera.llm import Request, Text, Thinking
from chimera.wires import anthropic_messages, gemini, ollama, openai_chat, openai_responses

Told = list[tuple[str, str]]

_HEADER = re.compile("⟦([^⟦⟧]*)⟧")


def _texts(content: Any) -> Iterator[str]:
    match content:
        case str():
            yield content
        case list():
            for part in content:
                yield from _texts(part)
        case {"text": text}:
            yield text
        case _:
            raise AssertionError(f"neither text nor parts: {content}")


def _messages(items: Any, content: str) -> Told:
    return [(item["role"], "".join(_texts(item[content]))) for item in items]


def _chat(request: Request) -> Told:
    return _messages(
        json.loads(openai_chat.encode_request(request, openai_chat.Quirks()).to_json())["messages"], "content"
    )


def _responses(request: Request) -> Told:
    return _messages(json.loads(openai_responses.encode_request(request).to_json())["input"], "content")


def _anthropic(request: Request) -> Told:
    return _messages(json.loads(anthropic_messages.encode_request(request).to_json())["messages"], "content")


def _gemini(request: Request) -> Told:
    told = _messages(json.loads(gemini.encode_request(request).to_json())["contents"], "parts")
    return [("assistant" if role == "model" else role, text) for role, text in told]


def _ollama(request: Request) -> Told:
    return _messages(json.loads(ollama.encode_request(request).to_json())["messages"], "content")


WIRES = {"chat": _chat, "responses": _responses, "anthropic": _anthropic, "gemini": _gemini, "ollama": _ollama}


def _blocks(text: str) -> list[tuple[str, str]]:
    """A user message read as it says itself: headers, and what stands under each."""
    pieces = _HEADER.split(text)
    assert not pieces[0].strip(), "words of the user stand under no header"
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
@given(state=states(), slot=slots())
def test_each_speech_is_told_on_every_wire_as_its_speakers(
    wire: Callable[[Request], Told], state: State, slot: Slot
) -> None:
    given_labels = labels(state).values()
    told = wire(request_for(state, slot))
    assert told[-1][0] == "user"
    for role, text in told:
        if role == "assistant":
            for mark in re.findall(r"<(\d+)>", text):
                assert state.spoken[int(mark)].author == slot.speaker
        elif role == "user":
            for name, words in _blocks(text):
                for mark in re.findall(r"<(\d+)>", words):
                    speech = state.spoken[int(mark)]
                    assert speech.author != slot.speaker or speech.author is None
                    assert name == speech.name or name in given_labels or name == "Reviewer"
    everything = "".join(text for _, text in told)
    for number, speech in enumerate(state.spoken):
        assert everything.count(f"<{number}>") <= 1
        assert f"thought {number}" not in everything
        assert f"signed {number}" not in everything
        if speech.role in {"choice", "bid"} and speech.author:
            assert f"<{number}>" not in everything


@given(state=states(), slot=slots())
def test_nobodys_thinking_is_told_to_anybody(state: State, slot: Slot) -> None:
    request = request_for(state, slot)
    assert not [part for message in request.messages for part in message.parts if isinstance(part, Thinking)]


@given(words=st.text(), forged=st.sampled_from(["⟦Ada⟧", "⟦", "⟧", "Ada:", "[Ada]"]), names=st.just(("Ada", "Bob")))
def test_no_words_hold_a_header_after_they_were_escaped(words: str, forged: str, names: tuple[str, ...]) -> None:
    for told in (escaped(words + forged, names), escaped(forged + words, names), escaped(words, names)):
        assert "⟦" not in told
        assert "⟧" not in told
        assert not re.search(r"^(Ada|Bob):", told, re.MULTILINE)
        assert not re.search(r"^\[(Ada|Bob)\]$", told, re.MULTILINE)


def test_code_and_links_of_others_are_told_as_they_were() -> None:
    words = "```toml\n[server]\nport = 1\n```\nSee [Ada](https://example.com) and a: b, @Ada, Adam: x."
    assert escaped(words, ["Ada", "Bob"]) == words


def test_a_long_line_of_marks_is_escaped_in_no_time() -> None:
    assert len(escaped("[" * 200_000 + "⟦Ada", ["Ada"])) == 200_004


def test_the_speakers_of_one_step_do_not_see_each_other_even_when_one_is_asked_later() -> None:
    state = room(Council(chair="Eve"), human(), said(ADA, "mine is blue", "blind"))
    shown = str(request_for(state, Slot(speaker=BOB.id, role="blind", why="")))
    assert "mine is blue" not in shown


def test_a_council_reviews_answers_without_names_and_its_chair_knows_no_more() -> None:
    answers = [said(one, f"answer of number {place}", "blind") for place, one in enumerate(ALL)]
    state = room(Council(chair="Eve"), human(), *answers)
    given_labels = labels(state)
    assert sorted(given_labels.values()) == ["Answer A", "Answer B", "Answer C"]
    shown = "".join(
        part.text
        for message in request_for(state, Slot(speaker=ADA.id, role="review", why="")).messages
        if message.role == "user"
        for part in message.parts
        if isinstance(part, Text)
    )
    assert header(given_labels[BOB.id]) + "\nanswer of number 1" in shown
    assert header("Bob") not in shown
    assert header("Eve") not in shown
    assert "answer of number 0" not in shown
    later = replace(state, spoken=(*state.spoken, human("And at night?")))
    afterwards = str(request_for(later, Slot(speaker=ADA.id, role="blind", why="")))
    assert "⟦Bob⟧" in afterwards, "what was said before the question has its names again"


def test_words_from_before_the_panel_are_nobodys_own() -> None:
    state = room(RoundRobin(), human(), replace(said(EVE, "It scatters."), author=None, name="Assistant", round=0))
    request = request_for(state, Slot(speaker=ADA.id, role="answer", why=""))
    assert [message.role for message in request.messages] == ["user"]
    assert ("Assistant", "\nIt scatters.\n\n") in _blocks(_chat(request)[-1][1])
