"""What changed from one version to another. Blocks: call it in a thread."""

from difflib import unified_diff

import msgspec

from chimera.prompts.bodies import PromptBody
from chimera.prompts.building import built


def difference(before: PromptBody, after: PromptBody, names: tuple[str, str]) -> str:
    """As `diff -u` says it: the templates as they are put together, then the variables, one a line."""
    return "\n".join(unified_diff(_lines(before), _lines(after), *names, lineterm=""))


def _lines(body: PromptBody) -> list[str]:
    variables = [msgspec.json.encode(one).decode() for one in body.variables]
    return [*built(body.text, body.sections, body.examples).splitlines(), *variables]
