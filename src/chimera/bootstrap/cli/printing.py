"""How commands print: colours only on a terminal and never under NO_COLOR, nothing that could steer the terminal."""

import sys
from collections.abc import Mapping

import msgspec
from rich.console import Console
from rich.text import Text

# Escape sequences in a model's or a provider's words could recolour, retitle or rewrite what was printed before.
_STEERING: Mapping[int, str] = {code: "" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def on_output() -> Console:
    """Print results: standard output, which scripts read."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def on_errors() -> Console:
    """Print progress, notes and errors: standard error, so that results can be piped."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def tame(text: str) -> str:
    """Return the text without control characters, line breaks and tabs aside."""
    return text.translate(_STEERING)


def print_json(value: object) -> None:
    """Print a struct or plain values for scripts."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
    sys.stdout.flush()


def fault(message: str) -> None:
    """Say why, in words, on standard error."""
    on_errors().print(Text(f"chimera: {tame(message)}", style="red"))


def sentence(text: str) -> str:
    """Return the text with a full stop, where a provider left it out."""
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def amount(number: int) -> str:
    """12345 -> `12,345`."""
    return f"{number:,}"


def counted(number: int, thing: str) -> str:
    """1, `hold` -> `1 hold`; 1200, `hold` -> `1,200 holds`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def rounded(tokens: int | None) -> str:
    """Size of a context window for a table: 1048576 -> `1.05M`, 400000 -> `400k`, unknown -> `?`."""
    if tokens is None:
        return "?"
    if tokens >= 1_000_000:
        return f"{tokens / 1_000_000:.3g}M"
    return f"{tokens / 1_000:.3g}k" if tokens >= 1_000 else str(tokens)
