"""Other houses' exports, read: who said what, when, after what, and which branch is shown."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conversations.interchange.exports import (
    EVERY,
    PNG,
    chatgpt,
    claude,
    claude_tree,
    librechat,
    librechat_flat,
    node,
    open_webui,
    open_webui_list,
    said,
)
from tests.conversations.interchange.reading import NOW, all_of, failures, read, tree, words, zipped

from chimera.conversations.interchange.documents import path_of
from chimera.conversations.interchange.items import Item
from chimera.conversations.states import MessageStatus
from chimera.llm import Image

ONE_OF_EACH = [make for makes in EVERY.values() for make in makes]


def test_chatgpt_s_nodes_become_a_tree_of_what_was_shown() -> None:
    found = read(chatgpt())
    document = found.document
    assert (found.source, document.id, document.title, found.warnings) == ("chatgpt", "67a1", "Skies", ())
    assert document.system_prompt == "I teach.\n\nBrief."
    assert document.model is None, "what is not here is asked for nothing"
    assert tree(document) == {
        "q1": None,
        "a1": "q1",
        "q2": None,
        "call": "q2",
        "found": "call",
        "a2": "found",
        "q3": "a2",
        "run": "q3",
        "a3": "run",
    }
    by_id = {one.id: one for one in document.messages}
    assert [one.id for one in path_of(document)] == ["q2", "call", "found", "a2", "q3", "run", "a3"]
    assert words(by_id["call"]) == ["thought: Light\n\nShort waves scatter.", 'browser search("sky")']
    assert words(by_id["found"]) == ["Rayleigh https://sky.example\n\n> Blue scatters most."]
    assert words(by_id["q3"]) == ["[image]", "And this?"]
    assert words(by_id["run"]) == ["```\n0.42\n```"]
    assert (by_id["a2"].model, by_id["a2"].finish_reason, by_id["q2"].model) == ("gpt-4o", "stop", None)
    assert by_id["q2"].created_at == datetime(2023, 11, 14, 22, 15, tzinfo=UTC)
    assert by_id["a3"].created_at == by_id["run"].created_at, "without a time of its own it has that before it"
    assert document.updated_at == datetime.fromtimestamp(1_700_000_900, UTC)


def test_pictures_of_chatgpt_come_out_of_its_zip_file() -> None:
    content = zipped(
        {
            "user.json": b'{"id": "me"}',
            "message_feedback.json": b"[]",
            "chat.html": b"<html>",
            "conversations.json": json.dumps([chatgpt()]).encode(),
            "dalle/file-Cat1-my cat.png": PNG,
        }
    )
    [item] = all_of(content)
    assert isinstance(item, Item)
    [message] = [one for one in item.read.document.messages if one.id == "q3"]
    assert isinstance(message.parts[0], Image)
    assert message.parts[0].url.startswith("data:image/png;base64,")


def test_claude_s_messages_follow_each_other_with_attachments_thoughts_and_tools() -> None:
    found = read(claude())
    question, answer = found.document.messages
    assert (question.role, answer.role, answer.parent_id) == ("user", "assistant", "u1")
    assert words(question) == ["sky.txt\n\n```\nIt is blue.\n```", "[photo.jpg]", "Read this."]
    assert words(answer) == ["thought: Let me look.", 'web_search {"query":"sky"}', "```\nblue\n```", "It is blue."]
    assert found.warnings == ("1 pieces of the kind hologram were left out.",)
    assert answer.created_at == datetime(2024, 3, 1, 10, 0, 9, tzinfo=UTC)
    newer = read(claude_tree()).document
    assert tree(newer) == {"q": None, "a": "q", "b": "q"}
    assert (newer.leaf_id, newer.messages[1].model) == ("a", "claude-sonnet-4")
    assert newer.created_at == NOW, "it says nothing of when it was"


def test_open_webui_s_history_is_a_tree_and_its_old_lists_are_one_branch() -> None:
    found = read(open_webui()).document
    assert (tree(found), found.leaf_id) == ({"q": None, "a": "q", "b": "q"}, "a")
    question, answer, failed = found.messages
    assert words(question) == ["[image]", "notes.md\n\n```\n# Notes\n```", "Why?"], "nobody's server is asked"
    assert words(answer) == ["thought: Hmm & so.", "Because."]
    assert (words(failed), failed.status, failed.model) == (["Ollama: 500"], MessageStatus.INTERRUPTED, "qwen")
    assert (found.system_prompt, found.created_at.year, answer.model) == ("Be brief.", 2024, "llama3:8b")
    old = read(open_webui_list()).document
    assert [words(one) for one in path_of(old)] == [["Hi"], ["Hello"]]
    unwrapped = read(open_webui()["chat"]).document
    assert tree(unwrapped) == tree(found)


def test_librechat_s_messages_lie_in_each_other_or_flat() -> None:
    found = read(librechat()).document
    assert tree(found) == {"q": None, "b": "q", "a": "q"}
    by_id = {one.id: one for one in found.messages}
    assert words(by_id["a"]) == ["thought: Waves.", 'search {"q":1}', "```\nblue\n```", "Because."]
    assert (by_id["b"].status, by_id["q"].role, found.system_prompt) == (MessageStatus.INTERRUPTED, "user", "Be brief.")
    assert tree(read(librechat_flat()).document) == {"q": None, "a": "q"}


def test_a_long_recursive_export_is_read_though_no_parser_nests_so_deep() -> None:
    talk = librechat()
    innermost: dict[str, Any] = {"messageId": "0", "isCreatedByUser": True, "text": "last", "children": []}
    text = json.dumps(innermost)
    for number in range(1, 4_000):
        text = f'{{"messageId":"{number}","isCreatedByUser":false,"text":"\\ud83d half","children":[{text}]}}'
    whole = json.dumps(talk | {"messages": ["HERE"]}).replace('"HERE"', text)
    [item] = all_of(whole.encode())
    assert isinstance(item, Item)
    assert len(path_of(item.read.document)) == 4_000
    assert words(item.read.document.messages[0]) == ["\ufffd half"]


def test_circles_orphans_and_ids_that_are_taken_twice_lose_no_words() -> None:
    rows = {
        "a": node("a", "b", said("user", "one")),
        "b": node("b", "a", said("assistant", "two")),
        "c": node("c", "gone", said("user", "three")),
        "d": node("d", "d", said("user", "four")),
        "e": node("e", None, said("assistant", "five")),
        "f": node("f", None, None, "e", "nobody"),
    }
    found = read({"mapping": rows, "current_node": "nobody"})
    assert sorted(word for one in found.document.messages for word in words(one)) == sorted(
        ["one", "two", "three", "four", "five"]
    )
    assert len(found.warnings) == 2
    twice = claude()
    twice["chat_messages"].append(twice["chat_messages"][0] | {"text": "Again."})
    assert "1 messages have the id of another one" in read(twice).warnings[0]


@pytest.mark.parametrize(
    "at",
    [None, "yesterday", True, -1, 0, 1e300, float("inf"), "9999-12-31T23:59:59+14:00", "0001-01-01", 1e18, [], 10**400],
)
def test_moments_that_cannot_be_are_none(at: object) -> None:
    talk = chatgpt() | {"create_time": at, "update_time": at}
    for one in talk["mapping"].values():
        if one["message"]:
            one["message"]["create_time"] = at
    document = read(talk).document
    assert all(1970 <= one.created_at.year <= 2200 for one in (document, *document.messages))


def test_milliseconds_and_seconds_are_told_apart() -> None:
    for at in (1_700_000_000, 1_700_000_000_000, 1_700_000_000_000_000, "2023-11-14T22:13:20Z"):
        assert read(chatgpt() | {"create_time": at}).document.created_at.isoformat() == "2023-11-14T22:13:20+00:00"


def test_nul_characters_and_halves_of_characters_are_taken_out_of_what_others_wrote() -> None:
    talk = chatgpt(title="a\x00b\ud800")
    talk["mapping"]["a3"]["message"]["content"]["parts"] = ["x\x00y\udfff"]
    document = read(talk).document
    assert (document.title, words(document.messages[-1])) == ("ab\ufffd", ["xy\ufffd"])


JUNK = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just([]), st.just({}))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_odd_value_anywhere_crashes_a_reader(data: st.DataObject) -> None:
    talk = json.loads(json.dumps(data.draw(st.sampled_from(ONE_OF_EACH))()))
    for _ in range(data.draw(st.integers(1, 4))):
        _spoil(talk, data)
    found = all_of(json.dumps([talk, claude("whole")]).encode())
    assert len(found) == 2
    assert isinstance(found[1], Item)
    assert set(failures(found)) <= {"empty", "unrecognised", "invalid"}


def _spoil(value: Any, data: st.DataObject) -> None:
    """Put something else in one place, however deep."""
    while True:
        places = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not places:
            return
        place = data.draw(st.sampled_from(places))
        inner = value[place]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            value[place] = data.draw(JUNK)
            return
        value = inner
