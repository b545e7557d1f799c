"""Which models the people of an organisation may ask, and who answers where one cannot."""

from typing import Annotated, TypeAlias

from pydantic import Field

from chimera.policies.sections.section import Section

Pattern: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
_LONGEST_LIST = 200


class ModelsPolicy(Section):
    allowed: tuple[Pattern, ...] = Field(
        (),
        strict=False,
        max_length=_LONGEST_LIST,
        examples=[["openai/*"]],
        description="Models that may be asked, whoever asks: ids, names, or beginnings such as `openai/*`; empty: all",
    )
    fallback: tuple[Pattern, ...] = Field(
        (),
        strict=False,
        max_length=10,
        examples=[["anthropic/claude-sonnet-4"]],
        description="Who is asked, one after the other, where a model cannot answer and the call names nobody else",
    )
