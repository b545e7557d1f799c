"""Jinja with a closed list of what a template may hold, and bounds for what it may take. Imported at first use only.

Nothing is called, assigned, imported or included. Attributes are members of objects. What is left cannot reach Python,
and can only take long, or write much, in loops and filters: these are counted.
"""

from collections.abc import Collection, Generator, Iterator, Mapping
from time import thread_time
from types import TracebackType
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateRuntimeError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chimera.prompts.bodies import Value
from chimera.prompts.errors import RenderingError, TemplateError
from chimera.prompts.templating.filters import FILTERS, TESTS, shown

MOST_NODES: Final = 4_000
MOST_STEPS: Final = 10_000
"""Rounds of all loops of a prompt together."""
MOST_CHARACTERS: Final = 400_000
"""That a prompt may have when its variables are filled in."""
MOST_SECONDS: Final = 0.5
"""Of this thread: a busy machine makes no prompt fail."""
_LARGEST: Final = 2.0**53
_COUNTED: Final = "_counted"
_NUMBERS: Final = ("+", "-", "*", "/", "//", "%")
_LOOP: Final = frozenset({"index", "index0", "first", "last", "length", "revindex", "revindex0"})
_ALLOWED: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For),
    *(nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.List, nodes.Tuple),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos),
)
_BEYOND: Final = (RecursionError, SyntaxError, ValueError, MemoryError, OverflowError)
_AT_RENDERING: Final = (TemplateRuntimeError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError)


class _Environment(ImmutableSandboxedEnvironment):
    """Sees data and nothing behind it."""

    intercepted_binops = frozenset(_NUMBERS)

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined, finalize=_finalized, optimized=False, cache_size=0, trim_blocks=True
        )
        self.lstrip_blocks = True
        self.globals.clear()
        self.filters = {**FILTERS, _COUNTED: iter}
        self.tests = {name: test for name, test in self.tests.items() if name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Members of objects, and what a loop says of itself."""
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        is_member = isinstance(obj, dict) and isinstance(argument, str)
        is_place = isinstance(obj, list | str) and isinstance(argument, int) and not isinstance(argument, bool)
        if is_member or is_place:
            try:
                return obj[argument]
            except LookupError:
                pass
        return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Numbers only: texts and lists would grow."""
        for one in (left, right):
            if not isinstance(one, int | float) or isinstance(one, bool):
                raise TypeError(f"`{operator}` is for numbers")
        result = super().call_binop(context, operator, left, right)
        if abs(result) > _LARGEST:
            raise ValueError("the number is too large")
        return result


def _finalized(value: Any) -> Any:
    return value if isinstance(value, StrictUndefined) else shown(value)


def check(source: str, *, names: Collection[str], place: str) -> None:
    """Raises TemplateError: with place and line, if it is no template that may be, or names what nobody declared."""
    environment = _Environment()
    try:
        tree = _parsed(environment, source)
        _require_declared(tree, names)
        environment.compile(tree)
    except TemplateSyntaxError as error:
        raise TemplateError(f"{place}, line {error.lineno or 1}: {(error.message or '').rstrip('.')}.") from error
    except _BEYOND as error:
        raise TemplateError(f"{place}: this is nested too deep, or holds a number that is too large.") from error


def _parsed(environment: _Environment, source: str) -> nodes.Template:
    """The tree of a template that holds nothing but what it may, its loops counted."""
    tree = environment.parse(source)
    waiting: list[nodes.Node] = [tree]
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        if count > MOST_NODES:
            raise TemplateSyntaxError(f"it has more than {MOST_NODES:,} parts: make it shorter", node.lineno)
        refused = _refused(node)
        if refused:
            raise TemplateSyntaxError(refused, node.lineno)
        waiting += node.iter_child_nodes()
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
    return tree


def _require_declared(tree: nodes.Template, names: Collection[str]) -> None:
    unknown = find_undeclared_variables(tree) - set(names)
    if unknown:
        line, name = min((one.lineno, one.name) for one in tree.find_all(nodes.Name) if one.name in unknown)
        raise TemplateSyntaxError(f"there is no variable {name!r}; declare it under `variables`", line)


def _refused(node: nodes.Node) -> str | None:
    """What is wrong with a part; `None` if nothing is."""
    match node:
        case nodes.Call():
            return "nothing can be called here; loop over a variable of the type list instead of `range`"
        case nodes.Filter():
            return _refused_filter(node)
        case nodes.For(recursive=True):
            return "loops cannot be recursive"
        case nodes.Const(value=int() | float() as value) if abs(value) > _LARGEST:
            return "the number is too large"
        case nodes.Name(name=name) if name.startswith("_") or name == "self":
            return f"there is no variable {name!r}"
        case _:
            return _refused_kind(node)


def _refused_filter(node: nodes.Filter) -> str | None:
    if node.name not in FILTERS:
        return f"there is no filter {node.name!r}; there are {', '.join(FILTERS)}"
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        return f"the filter {node.name!r} takes no named arguments"
    return None


def _refused_kind(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        return f"there is no test {node.name!r}"
    return None if isinstance(node, _ALLOWED) else f"`{type(node).__name__.lower()}` is not allowed in a prompt"


class Rendering:
    """Renders the templates of one prompt, within bounds that hold for all of them together."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self._steps = self._characters = 0
        self._until = thread_time() + MOST_SECONDS
        self._environment = _Environment()
        filters = {name: self._timed(one) for name, one in FILTERS.items()}
        self._environment.filters = {**filters, _COUNTED: self._counted}

    def render(self, source: str) -> str:
        """Raises RenderingError: with the line, if it cannot be rendered with these values, or takes too much."""
        written: list[str] = []
        try:
            template = self._environment.from_string(_parsed(self._environment, source))
            for piece in template.generate(self._values):
                self._characters += len(piece)
                self._check(self._characters, MOST_CHARACTERS, "characters")
                written.append(piece)
        except (TemplateSyntaxError, SyntaxError) as error:
            raise RenderingError(f"This is no template that can be rendered any more: {error}.") from error
        except _AT_RENDERING as error:
            where = _line_of(error.__traceback__)
            at = f"Line {where} of the template" if where else "The template"
            raise RenderingError(f"{at} does not go with these values: {str(error).rstrip('.')}.") from error
        return "".join(written)

    def _counted(self, value: object) -> Generator[object]:
        if not isinstance(value, list | tuple):
            raise TypeError("a loop goes over a list")
        return self._rounds(iter(value))

    def _rounds(self, items: Iterator[object]) -> Generator[object]:
        for item in items:
            self._steps += 1
            self._check(self._steps, MOST_STEPS, "rounds of loops")
            yield item

    def _timed(self, function: Any) -> Any:
        def filter_(*arguments: object) -> object:
            made = function(*arguments)
            self._check(len(made) if isinstance(made, str) else 0, MOST_CHARACTERS, "characters")
            return made

        return filter_

    def _check(self, count: int, most: int, what: str) -> None:
        if count > most:
            raise RenderingError(f"The prompt has more than {most:,} {what} with these values: give it fewer.")
        if thread_time() > self._until:
            raise RenderingError("The prompt takes too long to render with these values: give it fewer.")


def _line_of(trace: TracebackType | None) -> int | None:
    """Where in the template it happened: Jinja lets a traceback name the template's own lines."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
