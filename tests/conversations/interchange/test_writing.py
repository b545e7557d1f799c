"""Conversations written down to be read or learned from: branches, and nothing that runs or loads."""

import json
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.conversations.interchange.exports import chatgpt, claude_tree
from tests.conversations.interchange.reading import read
from tests.conversations.interchange.test_lossless import whole

from chimera.conversations.interchange.documents import ConversationDocument, MessageDocument
from chimera.conversations.interchange.exporting import name_of
from chimera.conversations.interchange.writers import fine_tuning, html, markdown
from chimera.conversations.interchange.writers.fine_tuning import Choosing
from chimera.conversations.states import MessageStatus
from chimera.llm import Image, Text, Thinking, ToolCall

HOSTILE = '</p></style><script>alert(1)</script><img src=x onerror=alert(1)>" onload="alert(1)'
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "article", "header", "b", "time", "p", "i"),
    *("blockquote", "pre", "img"),
}


class Page(HTMLParser):
    """What of a page a browser would take for more than words."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def spoken(document: ConversationDocument, said: str) -> ConversationDocument:
    """The document with the same words wherever there are any."""
    parts = (Text(text=said), Thinking(text=said), ToolCall(id=said, name=said, arguments=said), Image(url=said))
    messages = tuple(replace(one, parts=parts, model=said) for one in document.messages)
    return replace(document, title=said, system_prompt=said, messages=messages)


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.just(HOSTILE), st.text(), st.sampled_from(["data:image/svg+xml;base64,PHN2Zz4=", "javascript:x"])))
def test_no_words_become_markup_and_nothing_is_loaded(said: str) -> None:
    page = Page(html.write(spoken(whole(), said), "all").decode())
    assert {tag for tag, _ in page.tags} <= ALLOWED
    attributes = {name for _, given_ in page.tags for name in given_}
    assert attributes <= {"lang", "charset", "http-equiv", "content", "name", "class", "src", "alt"}
    assert not [given_ for tag, given_ in page.tags if tag == "img"]
    [policy] = [given_["content"] for tag, given_ in page.tags if given_.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "script" not in policy
    markdown.write(spoken(whole(), said), "all")


def test_a_page_shows_the_branch_and_on_demand_the_others_and_its_own_pictures() -> None:
    document = read(chatgpt()).document
    shown, every = html.write(document).decode(), html.write(document, "all").decode()
    assert "It is not." not in shown
    assert (every.count("It is not."), every.count("A cat.")) == (1, 1)
    assert "<h2>Branch 2</h2>" in every
    assert "@media print" in shown
    assert '<img src="data:image/png;base64,iVBORw0KGgo=" alt="">' in html.write(whole()).decode()


def test_markdown_tells_who_said_what_when_with_code_that_stays_code() -> None:
    document = read(chatgpt()).document
    told = markdown.write(document).decode()
    assert told.startswith(
        "# Skies\n\n> I teach.\n> \n> Brief.\n\n## You, 2023-11-14 22:15:00 UTC\n\nWhy is the sky blue?"
    )
    assert "## gpt-4o, " in told
    assert "> Short waves scatter." in told
    assert "It is not." not in told
    assert "It is not." in markdown.write(document, "all").decode()
    fenced = replace(document.messages[2], parts=(ToolCall(id="c", name="n", arguments="```\n<b>"),))
    assert (
        "````json\n```\n<b>\n````" in markdown.write(replace(document, messages=(fenced,), leaf_id=fenced.id)).decode()
    )


def lines(document: ConversationDocument, choosing: Choosing | None = None) -> list[list[tuple[str, object]]]:
    told = fine_tuning.write(document, choosing or Choosing()).splitlines()
    return [[(one["role"], one["content"]) for one in json.loads(line)["messages"]] for line in told]


def test_lines_for_fine_tuning_begin_with_a_question_and_end_with_an_answer() -> None:
    assert lines(read(claude_tree()).document) == [[("user", "Hi"), ("assistant", "One")]]
    every = lines(read(claude_tree()).document, Choosing(branches="all"))
    assert every == [[("user", "Hi"), ("assistant", "One")], [("user", "Hi"), ("assistant", "Two")]]
    [line] = lines(read(chatgpt()).document, Choosing(reasoning=True))
    assert [role for role, _ in line] == ["system", "user", "assistant", "user", "assistant"]
    assert str(line[2][1]).startswith("<think>\nLight\n\nShort waves scatter.\n</think>\n\nRayleigh")
    assert "think" not in json.dumps(lines(read(chatgpt()).document))
    assert lines(whole()) == [], "no one model said what a panel did"


def test_answers_that_were_cut_off_are_lines_only_when_they_are_wanted() -> None:
    document = read(claude_tree()).document
    cut = replace(document.messages[1], status=MessageStatus.STOPPED)
    stopped = replace(document, messages=(document.messages[0], cut, *document.messages[2:]))
    assert lines(stopped) == []
    assert len(lines(stopped, Choosing(incomplete=True))) == 1
    seen = MessageDocument(id="p", role="user", created_at=document.created_at, parts=(Image(url="data:image/png;x"),))
    pictured = replace(document, messages=(seen, replace(document.messages[1], parent_id="p")))
    [[(_, content), _]] = lines(pictured)
    assert content == [{"type": "image_url", "image_url": {"url": "data:image/png;x"}}]


def test_file_names_are_taken_by_every_system() -> None:
    for title in ("", "..", "a/b\\c:d*?", "\x00", "CON", "x" * 900, "日本語 の 話"):
        name = name_of(replace(whole(), title=title), "markdown")
        assert len(name.encode()) < 255
        assert not set(name) & set('/\\:*?"<>|\x00 ')
        assert not name.startswith(".")
        assert name.endswith(".md")
