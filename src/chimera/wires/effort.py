"""How much to think: words and token budgets, and the way between them. Pure."""

from chimera.llm import Reasoning, Request

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_BUDGETS = {"none": 0, "minimal": 1024, "low": 4096, "medium": 8192, "high": 16384, "xhigh": 24576, "max": 32000}


def effort_of(reasoning: Reasoning) -> str:
    """Return the word, or the nearest word that a budget buys; an unknown word counts as `medium`."""
    if reasoning.effort is not None:
        return reasoning.effort if reasoning.effort in EFFORTS else "medium"
    budget = reasoning.budget_tokens
    if budget is None:
        return "medium"
    if budget <= 0:
        return "none"
    return next((word for word in EFFORTS[1:] if budget <= _BUDGETS[word]), "max")


def budget_of(reasoning: Reasoning) -> int:
    """Return the budget in tokens, or what the word stands for."""
    if reasoning.budget_tokens is not None:
        return max(0, reasoning.budget_tokens)
    return _BUDGETS[effort_of(reasoning)]


def thinks_long(request: Request) -> bool:
    """Return whether more was asked for than a moment's thought: the answer may begin minutes later, after silence."""
    return request.reasoning is not None and budget_of(request.reasoning) > _BUDGETS["minimal"]


def nearest(effort: str, words: tuple[str, ...]) -> str:
    """Return the word that lies closest to `effort`, the weaker of two; `words` must not be empty.

    Little thinking never becomes none.
    """
    asked = EFFORTS.index(effort)
    thinking = tuple(word for word in words if word != "none")
    among = words if effort == "none" or not thinking else thinking
    return min(among, key=lambda word: (abs(EFFORTS.index(word) - asked), EFFORTS.index(word)))


def offered(reasoning: Reasoning, words: tuple[str, ...], lost: list[str]) -> str | None:
    """Return what a model that takes these words is told, `None` if there is nothing to tell it.

    A word that is nobody's here goes out as it is: servers have their own. What cannot be told is named in `lost`.
    """
    if reasoning.effort is not None and reasoning.effort not in EFFORTS:
        return reasoning.effort
    asked = effort_of(reasoning)
    if not words:
        if asked != "none":
            lost.append("reasoning_effort")
        return None
    told = nearest(asked, words)
    if asked == "none" != told:
        lost.append("reasoning_effort")
    return told
