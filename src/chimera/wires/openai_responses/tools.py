"""Tools as callers of this wire name them, and as every model knows them: functions with plain names. Pure.

Agents (Codex) send more than functions. What their user's machine runs is translated both ways: a custom tool, which
takes free text, becomes a function with the one argument `input`; the functions of a namespace get its name before
theirs. What only OpenAI can run (`web_search`, `file_search`, `local_shell`, …) is left out for other providers and
reported as lost, unless the request forces it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import Raw, Struct

from chimera.kit.errors import InvalidRequestError
from chimera.llm import NamedTool, Tool, ToolChoice
from chimera.wires.openai_responses.reading import read_at, type_of

_LONGEST_NAME = 64
_DEFAULT_NAMESPACE = "functions"
_INPUT_SCHEMA = (
    '{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}'
)
_OPENING = re.compile(r'\s*\{\s*"input"\s*:\s*"')
_LETTERS = re.compile(r'[^"\\]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_HIGH_SURROGATE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}")
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a caller calls a tool that models know as a function of another name or kind."""

    name: str
    namespace: str | None = None
    custom: bool = False


@dataclass(slots=True)
class Offered:
    """The tools of a request.

    Attributes:
        forms: By the name that models know: the tools that callers know otherwise.
        omitted: Paths of the tools that only OpenAI can run.
    """

    tools: dict[str, Tool] = field(default_factory=dict[str, Tool])
    forms: dict[str, Form] = field(default_factory=dict[str, Form])
    omitted: list[str] = field(default_factory=list[str])

    def take(self, told: Sequence[Raw], path: str) -> None:
        """Add the tools of a list.

        Raises:
            InvalidRequestError: for a tool that is malformed, with its path.
        """
        for index, raw in enumerate(told):
            self._one(raw, None, f"{path}.{index}")

    def _one(self, raw: Raw, namespace: str | None, path: str) -> None:
        match type_of(raw, path):
            case "function":
                self._function(read_at(_function, raw, path), namespace, path)
            case "custom":
                self._custom(read_at(_custom, raw, path), namespace, path)
            case "namespace" if namespace is None:
                group = read_at(_namespace, raw, path)
                for index, inner in enumerate(group.tools):
                    self._one(inner, group.name, f"{path}.tools.{index}")
            case _:
                self.omitted.append(path)

    def _function(self, told: "_Function", namespace: str | None, path: str) -> None:
        kept = Tool(name=flat_name(told.name, namespace), description=told.description or "", strict=told.strict)
        parameters = _object(told.parameters, f"{path}.parameters")
        self._keep(
            kept if parameters is None else msgspec.structs.replace(kept, parameters=parameters),
            Form(name=told.name, namespace=namespace),
            path,
        )

    def _custom(self, told: "_Custom", namespace: str | None, path: str) -> None:
        words = [told.description or "", "Its argument `input` is free text."]
        if told.format is not None and told.format.definition:
            words.append(f"The text must follow this {told.format.syntax or ''} grammar:\n{told.format.definition}")
        tool = Tool(
            name=flat_name(told.name, namespace),
            description="\n\n".join(filter(None, words)),
            parameters=_INPUT_SCHEMA,
        )
        self._keep(tool, Form(name=told.name, namespace=namespace, custom=True), path)

    def _keep(self, tool: Tool, form: Form, path: str) -> None:
        if tool.name in self.tools:
            self.omitted.append(path)  # another tool has the name already
            return
        self.tools[tool.name] = tool
        if form.custom or form.namespace or form.name != tool.name:
            self.forms[tool.name] = form


class _Function(Struct, frozen=True, gc=False):
    name: str
    description: str | None = None
    parameters: Raw = Raw()
    strict: bool | None = None


class _Format(Struct, frozen=True, gc=False):
    syntax: str | None = None
    definition: str | None = None


class _Custom(Struct, frozen=True, gc=False):
    name: str
    description: str | None = None
    format: _Format | None = None


class _Namespace(Struct, frozen=True, gc=False):
    name: str
    tools: list[Raw] = []


class _Choice(Struct, frozen=True, gc=False):
    type: str
    name: str | None = None
    namespace: str | None = None
    mode: str | None = None
    tools: list["_Choice"] | None = None


_function = msgspec.json.Decoder(_Function)
_custom = msgspec.json.Decoder(_Custom)
_namespace = msgspec.json.Decoder(_Namespace)
_choice = msgspec.json.Decoder(str | _Choice | None)


def flat_name(name: str, namespace: str | None) -> str:
    """Return the name that models know: the namespace's before the tool's, within what providers take."""
    group = (namespace or "").removesuffix("__")
    joined = f"{group}__{name}" if group and group != _DEFAULT_NAMESPACE else name
    if len(joined) <= _LONGEST_NAME:
        return joined
    return f"{joined[: _LONGEST_NAME - 9]}_{hashlib.sha256(joined.encode()).hexdigest()[:8]}"


def arguments_of(text: str) -> str:
    """Return the input of a custom tool as the arguments of a function."""
    return _encode({"input": text}).decode()


def input_of(arguments: str) -> str:
    """Return the input of a custom tool out of a function's arguments, also cut ones; what else is wrong as it is."""
    try:
        told = msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return InputText().feed(arguments) or arguments
    inner = told.get("input") if isinstance(told, dict) else told
    return inner if isinstance(inner, str) else arguments


class InputText:
    """The input of a custom tool out of a function's arguments, while these are written."""

    __slots__ = ("_begun", "_over", "_written")

    def __init__(self) -> None:
        self._written = ""
        self._begun = self._over = False

    def feed(self, arguments: str) -> str:
        """Return the text that these arguments add; nothing for arguments of another form than `{"input": "…"}`."""
        self._written += arguments
        if self._over or not self._begun:
            opening = None if self._over else _OPENING.match(self._written)
            if opening is None:
                return ""
            self._begun = True
            self._written = self._written[opening.end() :]
        end = _whole_letters(self._written)
        letters, self._written = self._written[:end], self._written[end:]
        self._over = self._written[:1] == '"'
        try:
            return str(msgspec.json.decode(f'"{letters}"'))
        except msgspec.DecodeError:
            self._over = True
            return ""


def _whole_letters(text: str) -> int:
    """Return where the part of a JSON string ends that holds no half of an escape or of a pair of surrogates."""
    end, last = 0, ""
    for piece in _LETTERS.finditer(text):
        if piece.start() != end:
            break
        end, last = piece.end(), piece[0]
    return end - 6 if _HIGH_SURROGATE.fullmatch(last) else end


def decode_tool_choice(raw: Raw, offered: Offered) -> tuple[ToolChoice, Mapping[str, Tool], bool]:
    """Return (the choice, the tools it leaves, whether only OpenAI can obey it).

    Raises:
        InvalidRequestError: for a choice that there is not, or of a tool that is not offered.
    """
    choice = read_at(_choice, raw, "tool_choice") if raw else None
    if choice is None or isinstance(choice, str):
        return _word(choice or "auto", offered.tools, offered)
    if choice.type in {"function", "custom"} and choice.name:
        name = flat_name(choice.name, choice.namespace)
        if name not in offered.tools:
            raise InvalidRequestError(f"`tools` has no `{choice.name}`.", field="tool_choice")
        return NamedTool(name=name), offered.tools, False
    if choice.type == "allowed_tools":
        allowed = {flat_name(tool.name, tool.namespace) for tool in choice.tools or () if tool.name}
        tools = {name: tool for name, tool in offered.tools.items() if name in allowed}
        return _word(choice.mode or "auto", tools, offered)
    return "auto", offered.tools, True


def _word(word: str, tools: Mapping[str, Tool], offered: Offered) -> tuple[ToolChoice, Mapping[str, Tool], bool]:
    if word not in {"auto", "none", "required"}:
        raise InvalidRequestError("`tool_choice` must be `auto`, `none`, `required` or a tool.", field="tool_choice")
    if word == "required" and not tools:
        if not offered.omitted:
            raise InvalidRequestError("`tool_choice` is `required`, but there are no `tools`.", field="tool_choice")
        return "auto", tools, True
    return word, tools, False  # type: ignore[return-value]  # one of the three, checked above


def _object(raw: Raw, path: str) -> str | None:
    """Return the text of a JSON object, byte for byte; `None` for null or nothing."""
    text = str(bytes(raw), "utf-8", "replace").strip()
    if text in {"", "null"}:
        return None
    if not text.startswith("{"):
        raise InvalidRequestError(f"Expected `object` at `{path}`.", field=path)
    return text
