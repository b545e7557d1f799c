"""A system prompt out of its parts. Pure: the same parts always give the same text, so that providers' caches hold."""

from collections.abc import Sequence

from chimera.prompts.bodies import Example, Sections


def built(text: str, sections: Sections, examples: Sequence[Example]) -> str:
    """The parts in one order, each under its heading; what is empty is left out.

    Identity and text come first and bear no heading. What changes least from question to question should be written
    there, since a cache holds as far as two prompts are alike.
    """
    parts = [
        sections.identity.strip(),
        text.strip(),
        _list("Capabilities", sections.capabilities),
        _list("Guidelines", sections.guidelines),
        _headed("Format", sections.format.strip()),
        _list("Constraints", sections.constraints),
        _headed("Examples", "\n\n".join(_example(one) for one in examples)),
    ]
    return "\n\n".join(part for part in parts if part)


def _headed(heading: str, text: str) -> str:
    return f"## {heading}\n{text}" if text else ""


def _list(heading: str, points: Sequence[str]) -> str:
    said = [point.strip() for point in points]
    return _headed(heading, "\n".join(f"- {point}" for point in said if point))


def _example(example: Example) -> str:
    question, answer = example.input.strip(), example.output.strip()
    return f"<example>\n<input>\n{question}\n</input>\n<output>\n{answer}\n</output>\n</example>"
