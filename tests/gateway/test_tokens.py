"""Bound, estimate and count of tokens, over many scripts."""
# ruff: noqa: RUF001 (letters of other scripts look like Latin ones)

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chimera.gateway.tokens import content_of, count, estimate, upper_bound
from chimera.gateway.tokens.count import ESTIMATE_ERROR
from chimera.gateway.tokens.vocabularies import LONGEST_PIECE, count_text, vocabulary, vocabulary_name
from chimera.llm import Document, Image, Message, Part, Request, Text, Tool, ToolCall, ToolResult

# Articles 1 and 3 of the Universal Declaration of Human Rights, and a few texts of other kinds.
SAMPLES = {
    "english": "All human beings are born free and equal in dignity and rights. They are endowed with reason and "
    "conscience and should act towards one another in a spirit of brotherhood. Everyone has the right to life, liberty "
    "and security of person.",
    "german": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen "
    "begabt und sollen einander im Geist der Brüderlichkeit begegnen. Jeder hat das Recht auf Leben, Freiheit und "
    "Sicherheit der Person.",
    "finnish": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki "
    "ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä. Kullakin yksilöllä on oikeus elämään, "
    "vapauteen ja henkilökohtaiseen turvallisuuteen.",
    "russian": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью "
    "и должны поступать в отношении друг друга в духе братства.",
    "greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "arabic": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. لكل فرد الحق في الحياة والحرية وسلامة شخصه.",
    "hebrew": "כל בני אדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כל אדם יש לו הזכות לחיים, לחרות ולבטחון אישי.",
    "hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है ।",
    "thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม",
    "chinese": "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。"
    "人人有权享有生命、自由和人身安全。",
    "japanese": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "python": Path(__file__).read_text("utf-8").partition("SAMPLES")[0],
    "json": '[{"id": 7919, "name": "user1", "active": true, "score": 0.142857}, {"id": 15838, "name": "user2"}]',
}


def asking(*parts: Part, model: str = "gpt-4o") -> Request:
    return Request(model=model, messages=(Message(role="user", parts=parts),))


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-4o-mini", "o200k_base"),
        ("openai/gpt-5", "o200k_base"),
        ("openai/o3-mini:free", "o200k_base"),
        ("gpt-oss-20b", "o200k_base"),
        ("ft:gpt-4o-2024-08-06:acme::id", "o200k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-35-turbo", "cl100k_base"),
        ("claude-sonnet-4-5", None),
        ("davinci", None),
        ("", None),
    ],
)
def test_a_model_names_its_vocabulary(model: str, expected: str | None) -> None:
    assert vocabulary_name(model) == expected


def test_plain_chat_is_counted_as_openai_publishes_it() -> None:
    # The six messages and the counts of OpenAI's own cookbook: 124 for the gpt-4o family, 129 for gpt-4 and gpt-3.5.
    lines = (
        (
            "system",
            "You are a helpful, pattern-following assistant that translates corporate jargon into plain English.",
        ),
        ("example_user", "New synergies will help drive top-line growth."),
        ("example_assistant", "Things working well together will increase revenue."),
        (
            "example_user",
            "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
        ),
        ("example_assistant", "Let's talk later when we're less busy about how to do better."),
    )
    last = "This late pivot means we don't have time to boil the ocean for the client deliverable."
    request = Request(
        model="gpt-4o",
        system=(Text(text=lines[0][1]),),
        messages=(
            *(Message(role="system", name=name, parts=(Text(text=text),)) for name, text in lines[1:]),
            Message(role="user", parts=(Text(text=last),)),
        ),
    )
    counted = {model: count(request, model) for model in ("gpt-4o", "gpt-4")}
    assert {model: (each.tokens, each.exact) for model, each in counted.items()} == {
        "gpt-4o": (124, True),
        "gpt-4": (129, True),
    }


@pytest.mark.parametrize("script", SAMPLES)
def test_an_estimate_is_within_its_stated_error(script: str) -> None:
    request = asking(Text(text=SAMPLES[script] * 5))
    exact = count(request, "gpt-4o")
    rough = estimate(request, "gpt-4o")
    assert exact.exact
    assert not rough.exact
    assert rough.tokens == pytest.approx(exact.tokens, rel=ESTIMATE_ERROR)
    assert rough.at_least <= exact.tokens <= rough.at_most


def test_the_estimate_for_the_older_vocabulary_is_within_its_stated_error_over_all_samples() -> None:
    request = asking(*(Text(text=sample) for sample in SAMPLES.values()))
    assert estimate(request, "gpt-4").tokens == pytest.approx(count(request, "gpt-4").tokens, rel=ESTIMATE_ERROR)


@given(st.lists(st.text(alphabet=st.characters())), st.sampled_from(["gpt-4o", "gpt-4"]))
def test_the_bound_is_never_below_the_count(texts: list[str], model: str) -> None:
    request = asking(*(Text(text=text) for text in texts))
    bound = upper_bound(content_of(request))
    assert bound is not None
    assert bound >= count(request, model).tokens


@given(st.text(alphabet=st.characters(), max_size=200))
def test_estimating_takes_any_text(text: str) -> None:
    assert estimate(asking(Text(text=text)), "claude-sonnet-4-5").tokens >= 7


@settings(max_examples=25)
@given(
    st.lists(
        st.sampled_from(
            [*SAMPLES.values(), " ", "\n", "\n\n", "  ", "'s", "...", "é", "\u0301", "12345", "…", "/", "x"]
        ),
        min_size=40,
        max_size=120,
    )
)
def test_cutting_a_long_text_at_its_seams_changes_nothing(pieces: list[str]) -> None:
    text = "".join(pieces) * 12
    for name in ("o200k_base", "cl100k_base"):
        encoding = vocabulary(name)
        assert encoding is not None
        tokens, exact = count_text(encoding, text)
        if exact:
            assert tokens == len(encoding.encode_ordinary(text))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["a", " ", "\n", "!", "汉", "aA", "\t ", "👍🏽"])
def test_a_megabyte_of_the_same_is_counted(text: str) -> None:
    request = asking(Text(text=text * (1_000_000 // len(text))))
    counted = count(request, "gpt-4o")
    bound = upper_bound(content_of(request))
    assert not counted.exact
    assert bound is not None
    assert 1_000_000 / 256 < counted.tokens <= bound


def test_a_long_text_with_words_stays_exact() -> None:
    text = SAMPLES["russian"] * (3 * LONGEST_PIECE // len(SAMPLES["russian"]))
    encoding = vocabulary("o200k_base")
    assert encoding is not None
    assert count_text(encoding, text) == (len(encoding.encode_ordinary(text)), True)


def test_without_its_file_a_vocabulary_is_replaced_by_the_estimate(tmp_path: Path) -> None:
    request = asking(Text(text=SAMPLES["english"]))
    assert count(request, "gpt-4o", folder=tmp_path) == estimate(request, "gpt-4o")


def test_what_is_more_than_text_is_charged_and_never_called_exact() -> None:
    words = Text(text="What is this?")
    plain = count(asking(words), "gpt-4o").tokens
    call = ToolCall(id="1", name="find", arguments='{"what": "this"}')
    for part in (Image(url="https://example.test/a.png"), Document(url="https://example.test/a.pdf"), call):
        counted = count(asking(words, part), "gpt-4o")
        assert counted.tokens > plain
        assert not counted.exact
    result = Message(role="tool", parts=(ToolResult(call_id="1", parts=(words,)),))
    assert count(Request(model="m", messages=(result,)), "gpt-4o").tokens == plain
    assert count(
        Request(model="m", messages=(Message(role="user", parts=(words,)),), tools=(Tool(name="f"),)), "gpt-4o"
    )


def test_a_picture_at_low_detail_costs_less() -> None:
    small, large = (asking(Image(url="https://example.test/a.png", detail=detail)) for detail in ("low", "high"))
    assert count(small, "gpt-4o").tokens < count(large, "gpt-4o").tokens


def test_a_document_has_no_bound() -> None:
    assert upper_bound(content_of(asking(Document(url="https://example.test/a.pdf")))) is None


async def test_two_threads_share_one_vocabulary() -> None:
    first, second = await asyncio.gather(*(asyncio.to_thread(vocabulary, "o200k_base") for _ in range(2)))
    assert first is second is not None
