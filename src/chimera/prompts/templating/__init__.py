"""Templates that strangers wrote: checked, and rendered within bounds. Blocks: call it in a thread."""

from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from typing import Any

from chimera.prompts.bodies import Example, PromptBody, Sections, Value
from chimera.prompts.building import built
from chimera.prompts.variables import check_declared, filled


def check(body: PromptBody) -> None:
    """Raises TemplateError, VariablesError: if nobody could render it, whatever the values."""
    check_declared(body.variables)
    names = {one.name for one in body.variables}
    for place, source in _templates(body):
        check_text(source, names=names, place=place)


def check_text(source: str, *, names: Collection[str], place: str) -> None:
    """Raises TemplateError: with place and line, if the text is no template that may be, or names unknown variables."""
    if _is_template(source):
        _sandbox().check(source, names=names, place=place)


def rendered(body: PromptBody, given: Mapping[str, Value]) -> str:
    """The whole prompt with its variables filled in. Values are never read as templates.

    Raises:
        VariablesError: if a value is missing, or not what was declared.
        RenderingError: if the template cannot do with these values, or takes too much of time or room.
    """
    values = filled(body.variables, given)
    sources = [source for _, source in _templates(body)]
    texts = iter(_texts(sources, values))
    sections = body.sections
    text = next(texts)
    whole = Sections(
        identity=next(texts),
        capabilities=tuple(next(texts) for _ in sections.capabilities),
        guidelines=tuple(next(texts) for _ in sections.guidelines),
        format=next(texts),
        constraints=tuple(next(texts) for _ in sections.constraints),
    )
    examples = [Example(input=next(texts), output=next(texts)) for _ in body.examples]
    return built(text, whole, examples)


def tried(body: PromptBody, given: Mapping[str, Value]) -> str:
    """What it would say if it were kept. Raises what `check` and `rendered` do."""
    check(body)
    return rendered(body, given)


def _templates(body: PromptBody) -> list[tuple[str, str]]:
    """Every template of a prompt with its place, in the order in which `rendered` takes them up."""
    sections = body.sections
    return [
        ("text", body.text),
        ("sections.identity", sections.identity),
        *((f"sections.capabilities.{place}", one) for place, one in enumerate(sections.capabilities)),
        *((f"sections.guidelines.{place}", one) for place, one in enumerate(sections.guidelines)),
        ("sections.format", sections.format),
        *((f"sections.constraints.{place}", one) for place, one in enumerate(sections.constraints)),
        *(
            (f"examples.{place}.{side}", getattr(one, side))
            for place, one in enumerate(body.examples)
            for side in ("input", "output")
        ),
    ]


def _texts(sources: Sequence[str], values: Mapping[str, Value]) -> list[str]:
    if not any(map(_is_template, sources)):
        return list(sources)
    render = _sandbox().Rendering(values).render
    return [render(source) if _is_template(source) else source for source in sources]


def _is_template(source: str) -> bool:
    return "{{" in source or "{%" in source or "{#" in source


def _sandbox() -> Any:
    return import_module("chimera.prompts.templating.sandbox")  # 11 MB, of which most servers have no need
