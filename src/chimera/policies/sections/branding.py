"""How an organisation shows itself to its people. Texts, which nobody fetches or runs."""

from pydantic import Field

from chimera.policies.sections.section import Section


class BrandingPolicy(Section):
    name: str = Field(
        "", max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$", examples=["Acme"], description="Shown instead of Chimera's"
    )
    colour: str = Field(
        "", pattern=r"^(#[0-9a-f]{6})?$", examples=["#0b6e4f"], description="Of buttons and links; empty: the usual one"
    )
    logo_url: str = Field(
        "",
        max_length=2000,
        pattern=r"^(https://[^\x00-\x20\x7f<>\"'\\]+)?$",
        examples=["https://example.org/logo.svg"],
        description="Where its logo is, for apps of your own; empty: none",
    )
