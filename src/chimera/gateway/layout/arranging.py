"""Changes to a request's layout that mean nothing to the model and much to the prompt cache."""

from msgspec.structs import replace

from chimera.gateway.layout.linter import is_marked
from chimera.llm import Request, Text, ToolResult


def may_change(request: Request) -> bool:
    """Whether the request can be sent in our own words: not where its caller's say what ours cannot."""
    return request.original is None or not (request.original.beyond or request.original.minor)


def sorted_tools(request: Request) -> Request:
    """The tools by name. Models are not told to prefer the first one."""
    tools = tuple(sorted(request.tools, key=lambda tool: tool.name))
    return request if tools == request.tools else replace(request, tools=tools, original=None)


def marked(request: Request) -> Request:
    """Marks after the tools, after the system prompt, and after the last message but one: what a next call begins with.

    Anthropic allows four. A request that its caller marked stays as it is.
    """
    if is_marked(request) or not (request.system or request.tools):
        return request
    tools, system, messages = request.tools, request.system, request.messages
    if system:
        system = (*system[:-1], replace(system[-1], cache="5m"))
    else:
        tools = (*tools[:-1], replace(tools[-1], cache="5m"))
    if len(messages) > 1:
        turn = messages[-2]
        last = turn.parts[-1] if turn.parts else None
        if (isinstance(last, Text) and last.text.strip()) or isinstance(last, ToolResult):
            turn = replace(turn, parts=(*turn.parts[:-1], replace(last, cache="5m")))
            messages = (*messages[:-2], turn, messages[-1])
    return replace(request, tools=tools, system=system, messages=messages, original=None)
