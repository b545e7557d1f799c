"""How prompts are laid out before they are sent."""

from pydantic import Field

from chimera.policies.sections.section import Section


class LayoutPolicy(Section):
    auto: bool = Field(
        default=False,
        examples=[True],
        description="Sort tools by name, and mark for Anthropic's prompt cache what a next call begins with",
    )
    compress: bool = Field(
        default=False,
        description="Take out of conversations what says nothing: blanks, JSON indentation, blocks said before",
    )
    measure: bool = Field(
        default=False, description="Compare what providers read from their prompt caches with what they could have read"
    )
