"""Nothing that was left out is in the bytes that are answered, whatever was said and in whichever order."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chimera.conversations.encoding import Spoken, encode_parts, encode_spoken
from chimera.conversations.panels.state import Role
from chimera.conversations.shares.redaction import Omission, Redaction, redaction_of, shown
from chimera.conversations.shares.rendering import shared_read
from chimera.conversations.shares.tables import ShareRow
from chimera.conversations.shares.viewing import SharedView
from chimera.conversations.tables import MessageRow
from chimera.kit.ids import new_id
from chimera.llm import Document, Image, Part, Text, Thinking, ToolCall, ToolResult

NOW = datetime(2030, 1, 1, tzinfo=UTC)
# What a part says, by what would leave it out; nobody is told the rest of it in any case.
PARTS: dict[Omission | None, tuple[Part, ...]] = {
    None: (Text(text="said-words"), Text(text=" ada@"), Text(text="example.com ")),
    Omission.THINKING: (Thinking(text="thought-words", signature="never-signed", id="never-id"),),
    Omission.TOOL_CALLS: (ToolCall(id="never-call", name="called-name", arguments='{"q": "argued-words"}'),),
    Omission.TOOL_RESULTS: (ToolResult(call_id="never-call", parts=(Text(text="result-words"),)),),
    Omission.ATTACHMENTS: (
        Document(url="https://never.example/doc", name="named-file", context="never-context"),
        Image(url="https://never.example/picture.png"),
        Image(url="data:image/png;base64,bmV2ZXI="),
        Image(url="data:image/svg+xml;base64,bmV2ZXI="),
    ),
}
WORDS = {
    Omission.THINKING: {"thought-words"},
    Omission.TOOL_CALLS: {"called-name", "argued-words", "result-words"},
    Omission.TOOL_RESULTS: {"result-words"},
    Omission.ATTACHMENTS: {"named-file", "/pictures/"},
    Omission.MODELS: {"model-name"},
    Omission.COSTS: {"0.00123"},
    Omission.SHARER: {"Ada the sharer"},
    Omission.SYSTEM_PROMPT: {"be-brief"},
}
NEVER = {"never", "bmV2ZXI=", "provider_down"}
kinds = st.lists(st.sampled_from(list(PARTS)), max_size=6)


def message(said: list[Omission | None], spoken: Spoken | None = None) -> MessageRow:
    return MessageRow(
        id=new_id(),
        conversation_id=new_id(),
        turn_id=new_id(),
        role="assistant",
        parts=encode_parts(tuple(part for kind in said for part in PARTS[kind])),
        status="failed",
        model="model-name",
        cost_nusd=1_230_000,
        error='{"code":"provider_down","kind":"unavailable","detail":"never"}',
        summary="never",
        context="never",
        decision="never",
        speech=None if spoken is None else encode_spoken(spoken),
        created_at=NOW,
    )


def answered(path: list[MessageRow], redaction: Redaction) -> str:
    row = ShareRow(
        id=new_id(), audience="anybody", left_out=sorted(redaction.left_out), masked=redaction.masked, created_at=NOW
    )
    view = SharedView(
        row=row,
        title="Skies",
        system_prompt=None if redaction.without(Omission.SYSTEM_PROMPT) else "be-brief",
        messages=shown(path, redaction),
        open_until=NOW,
        shared_by=None if redaction.without(Omission.SHARER) else "Ada the sharer",
        branding=None,
        is_mine=False,
        may_copy=False,
    )
    return shared_read(view, "token").model_dump_json()


@given(st.lists(kinds, min_size=1, max_size=4), st.sets(st.sampled_from(Omission)), st.booleans())
def test_nothing_that_was_left_out_is_answered(
    path: list[list[Omission | None]], left_out: set[Omission], is_masked: bool
) -> None:
    told = answered([message(said) for said in path], redaction_of(left_out, is_masked=is_masked))
    assert not [word for word in NEVER if word in told]
    for one in left_out:
        assert not [word for word in WORDS[one] if word in told], one
    if is_masked:
        assert "ada@" not in told
    there = {kind for said in path for kind in said}
    hidden = {word for one in left_out for word in WORDS[one]}
    for kind in there - {None}:
        assert kind is None or all(word in told for word in WORDS[kind] - hidden if word != "result-words")


def test_what_a_panel_said_to_itself_or_over_again_is_not_shown() -> None:
    def spoken(role: Role, *, replaced: bool = False) -> Spoken:
        return Spoken(participant_id=new_id(), handle="Ada", role=role, round=1, why="never", replaced=replaced)

    path = [
        message([None], spoken("answer")),
        message([Omission.THINKING], spoken("bid")),
        message([Omission.THINKING], spoken("choice")),
        message([Omission.THINKING], spoken("answer", replaced=True)),
    ]
    told = answered(path, redaction_of((), is_masked=False))
    assert '"speaker":"Ada"' in told
    assert "thought-words" not in told
    assert "never" not in told


def test_a_name_that_is_not_known_any_more_leaves_everything_out() -> None:
    assert redaction_of(["of another version"], is_masked=False).left_out == set(Omission)
