"""Templates of strangers: what they may say, what they are refused, and that they take neither time nor room."""

from contextlib import suppress
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.kit.errors import AppError
from chimera.prompts.bodies import Example, PromptBody, Sections, Value, Variable
from chimera.prompts.errors import RenderingError, TemplateError
from chimera.prompts.templating import check, rendered

WORD = Variable(name="x")
LIST = Variable(name="xs", type="list")
OBJECT = Variable(name="o", type="object")
ALL = (WORD, LIST, OBJECT)

REFUSED = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ x.__init__.__globals__['os'].popen('id').read() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__ }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ self.__init__ }}",
    "{{ self }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ __builtins__ }}",
    "{{ dict(a=1) }}",
    "{{ x|attr('__class__') }}",
    "{{ x|map('upper') }}",
    "{{ x|select('callable') }}",
    "{{ '%s'|format(x) }}",
    "{{ x|upper(a=1) }}",
    "{{ x|_counted }}",
    "{{ x.format(1) }}",
    "{{ x is callable }}",
    "{{ x ~ x }}",
    "{{ 10**9 }}",
    "{{ 'a'*10**9 }}",
    "{{ 9007199254740993 }}",
    "{{ 0x" + "f" * 40_000 + " }}",
    "{{ 1" + "0" * 9_000 + " }}",
    "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "{{ " + "-" * 20_000 + "1 }}",
    "{{ " + "not " * 3_000 + "x }}",
    "{% for a in xs %}" * 30 + "{% endfor %}" * 30,
    "{{ x }}" * 5_000,
    "{{ xs[:1] }}",
    "{{ {'a': 1} }}",
    "{% for i in range(10**9) %}a{% endfor %}",
    "{% for a in xs recursive %}{{ loop(a) }}{% endfor %}",
    "{% set a = x %}",
    "{% set a %}{{ x }}{% endset %}",
    "{% macro f() %}{% endmacro %}",
    "{% call x() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}",
    "{% block a %}{% endblock %}",
    "{% with a = x %}{% endwith %}",
    "{% autoescape true %}{% endautoescape %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as o %}",
    "{% extends 'a' %}",
    "{% do x %}",
    "{{ x",
    "{% if x %}",
]
# Only when they are rendered can it be seen.
FAILING = [
    "{{ x.__class__ }}",
    "{{ x['__class__'] }}",
    "{{ x.format }}",
    "{{ xs.append }}",
    "{{ o.items }}",
    "{{ o.keys }}",
    "{% for a in xs %}{{ loop.__class__ }}{% endfor %}",
    "{% for a in xs %}{{ loop._iterable }}{% endfor %}",
    "{% for a in x %}{% endfor %}",
    "{{ 'a' * 1000000000 }}",
    "{{ xs * 1000000000 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ 'a' + 'b' }}",
    "{{ 9007199254740992 * 9007199254740992 }}",
    "{{ 1 / 0 }}",
    "{{ xs < x }}",
    "{{ o.missing }}",
    "{{ x|replace('', x) }}",
]


def _rendered(source: str, given: dict[str, Value], variables: tuple[Variable, ...] = ALL) -> str:
    body = PromptBody(text=source, variables=variables)
    check(body)
    return rendered(body, given)


def _code(source: str, given: dict[str, Value]) -> tuple[str, str]:
    with pytest.raises(AppError) as refused:
        _rendered(source, {"x": "v", "xs": ["p", "q"], "o": {}} | given)
    return refused.value.code, refused.value.message


@pytest.mark.parametrize("source", REFUSED, ids=range(len(REFUSED)))
def test_what_could_reach_python_or_grow_is_refused_when_it_is_written(source: str) -> None:
    assert _code(source, {})[0] == "prompt_template_invalid"


@pytest.mark.parametrize("source", FAILING)
def test_what_only_shows_when_it_is_rendered_fails_there_with_its_line(source: str) -> None:
    code, message = _code(f"one\n{source}", {})
    assert (code, "Line 2" in message) == ("prompt_rendering_failed", True), message


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("{% for a in xs %}{% for b in xs %}{% for c in xs %}z{% endfor %}{% endfor %}{% endfor %}", {"xs": [0] * 999}),
        ("{% for a in xs %}{{ x }}{% endfor %}", {"xs": [0] * 999, "x": "y" * 99_999}),
        ("{% for a in xs %}" + "{% if x|upper == x %}{% endif %}" * 400 + "{% endfor %}", {"xs": [0] * 9_999, "x": "y" * 99_999}),  # noqa: E501
        ("{{ x|replace('y', x) }}", {"x": "y" * 99_999}),
        ("{{ xs|join(x) }}", {"x": "y" * 99_999, "xs": [0] * 9_999}),
        ("{{ x" + "|indent(32)" * 60 + " }}", {"x": "\n" * 99_999}),
        ("{{ x|tojson|tojson|tojson|tojson|tojson|tojson|tojson|tojson|tojson }}", {"x": '"' * 99_999}),
    ],
)  # fmt: skip
def test_what_would_take_long_or_much_room_is_ended(source: str, given: dict[str, Value]) -> None:
    began = monotonic()
    assert _code(source, given)[0] == "prompt_rendering_failed"
    assert monotonic() - began < 5


@given(st.text(alphabet="{}%# x|.'\n") | st.sampled_from([*REFUSED, *FAILING]))
def test_values_are_never_read_as_templates(value: str) -> None:
    assert _rendered("{{ x }}!", {"x": value}, (WORD,)) == f"{value}!".strip()


@given(st.text(alphabet="{}%#-+~ xso|.,'\"[]()0123\n_forinded", max_size=60))
def test_any_text_is_a_template_or_is_refused(source: str) -> None:
    with suppress(TemplateError, RenderingError):
        assert isinstance(_rendered(source, {"x": "v", "xs": ["p"], "o": {}}), str)


def test_templates_say_what_prompts_need() -> None:
    source = (
        "{% if o.formal %}\nDear {{ x|upper }},\n{% else %}\nHi\n{% endif %}\n"
        "{% for one in xs if one != 'skip' %}\n{{ loop.index }}/{{ loop.length }} {{ one|default('?') }}\n"
        "{% endfor %}\n"
        "{{ xs|join('; ') }} {{ xs[0] }} {{ o }} {{ o.formal }} {{ 7 // 2 + 1 }}{# nobody sees this #}"
    )
    given: dict[str, Value] = {"x": "ada", "xs": ["a", None, "skip"], "o": {"formal": True}}
    assert _rendered(source, given) == 'Dear ADA,\n1/2 a\n2/2 ?\na; ; skip a {"formal": true} true 4'


def test_errors_name_the_place_the_line_and_the_variable() -> None:
    sections = Sections(constraints=("fine", "one\ntwo {{ who }}"))
    with pytest.raises(AppError) as refused:
        check(PromptBody(sections=sections))
    assert "sections.constraints.1, line 2: there is no variable 'who'" in refused.value.message
    for values, told in (
        ({}, "'x' is missing"),
        ({"x": 1}, "'x' must be a text"),
        ({"x": "c"}, "one of a, b"),
        ({"x": "a", "z": 1}, "no variable 'z'"),
    ):
        with pytest.raises(AppError, match=told) as wrong:
            rendered(PromptBody(text="{{ x }}", variables=(Variable(name="x", choices=("a", "b")),)), values)
        assert wrong.value.code == "prompt_variables_invalid"


@pytest.mark.parametrize(
    "variables",
    [
        (WORD, WORD),
        (Variable(name="loop"),),
        (Variable(name="x", default=1),),
        (Variable(name="x", type="integer", default=True),),
        (Variable(name="x", type="integer", choices=("1",)),),
        (Variable(name="x", choices=("a",), default="b"),),
        (Variable(name="x", default="\ud800"),),
        (Variable(name="x", type="number", default=float("nan")),),
        (Variable(name="x", type="list", default=[[[[[[[[[[1]]]]]]]]]]),),
    ],
)
def test_declarations_that_nothing_could_fill_are_refused(variables: tuple[Variable, ...]) -> None:
    with pytest.raises(AppError) as refused:
        check(PromptBody(text="a", variables=variables))
    assert refused.value.code == "prompt_variables_invalid"


def test_what_is_optional_is_empty_and_defaults_stand_in() -> None:
    variables = (
        Variable(name="a", required=False),
        Variable(name="n", type="integer", required=False),
        Variable(name="d", default="dear"),
        Variable(name="l", type="list", required=False),
    )
    assert _rendered("[{{ a }}|{{ n }}|{{ d }}|{{ l|length }}]", {}, variables) == "[||dear|0]"


def test_sections_come_in_one_order_under_their_headings() -> None:
    body = PromptBody(
        text="Speak of {{ x }}.",
        sections=Sections(
            identity="You are a guide.",
            capabilities=("maps", "{% if false %}never{% endif %}"),
            guidelines=("be brief",),
            format="Prose.",
            constraints=("no prices",),
        ),
        examples=(Example(input="{{ x }}?", output="Old."),),
        variables=(WORD,),
    )
    assert rendered(body, {"x": "Rome"}) == (
        "You are a guide.\n\nSpeak of Rome.\n\n## Capabilities\n- maps\n\n## Guidelines\n- be brief\n\n"
        "## Format\nProse.\n\n## Constraints\n- no prices\n\n## Examples\n<example>\n<input>\nRome?\n</input>\n"
        "<output>\nOld.\n</output>\n</example>"
    )
