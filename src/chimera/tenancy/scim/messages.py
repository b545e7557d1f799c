"""What directories say, read into plain values: bodies, filters and patches of SCIM 2.0 (RFC 7643, 7644). Pure.

Attributes that are not kept here, passwords and roles among them, are passed over, as the protocol wants it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeAlias, cast, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from chimera.tenancy.scim.errors import ScimFilterError, ScimMutabilityError, ScimSyntaxError, ScimValueError

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
LAST_MODIFIED: Final = "meta.lastmodified"
Operator: TypeAlias = Literal["eq", "gt", "ge", "lt", "le"]
OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)
_LONGEST: Final = 320
_LONGEST_FILTER: Final = 1_000
_MOST_MEMBERS: Final = 1_000

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=_LONGEST, pattern=r"^[^\x00-\x1f\x7f]*$")]
# As lists show it.
FullName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class NameSaid(_Said):
    formatted: FullName = ""
    given_name: FullName = ""
    family_name: FullName = ""


class UserSaid(_Said):
    """A user, whole."""

    user_name: Text
    external_id: Text | None = None
    display_name: FullName = ""
    name: NameSaid = NameSaid()
    active: bool = True  # Entra says "True" and "False"

    @property
    def full_name(self) -> str:
        """Empty where none is said."""
        name = self.name
        return self.display_name or name.formatted or f"{name.given_name} {name.family_name}".strip()[:100]


class MemberSaid(_Said):
    value: UUID


class GroupSaid(_Said):
    """A group, whole."""

    display_name: Annotated[FullName, Field(min_length=1)]
    external_id: Text | None = None
    members: Annotated[list[MemberSaid], Field(max_length=_MOST_MEMBERS)] = []


class Operation(_Said):
    op: str = Field(max_length=20)
    path: str | None = Field(None, max_length=_LONGEST_FILTER)
    value: JsonValue = None


class Patch(_Said):
    operations: list[Operation] = Field(min_length=1, max_length=100, alias="Operations")


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What is to be changed of a user; `None` stays."""

    user_name: str | None = None
    name: str | None = None
    external_id: str | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChange:
    """What is to be changed of a group; `None` stays.

    Attributes:
        members: All that there are to be, before `joining` and `leaving`.
    """

    name: str | None = None
    external_id: str | None = None
    members: frozenset[UUID] | None = None
    joining: frozenset[UUID] = field(default=frozenset())
    leaving: frozenset[UUID] = field(default=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One attribute is something, or came before or after it. The attribute's name is in lower case."""

    attribute: str
    value: str | datetime
    operator: Operator = "eq"


def filter_of(text: str, attributes: Sequence[str]) -> Filter:
    """Read a filter: one of these attributes `eq` a string, or a moment before or after another.

    Raises:
        ScimFilterError: if it says anything else.
    """
    attribute, _, rest = text[: _LONGEST_FILTER + 1].strip().partition(" ")
    operator, _, said = rest.strip().partition(" ")
    attribute = attribute.lower().removeprefix(f"{USER}:".lower()).removeprefix(f"{GROUP}:".lower())
    try:
        value = json.loads(said)
    except (ValueError, RecursionError):
        value = None
    known = attribute in attributes and operator.lower() in (OPERATORS if attribute == LAST_MODIFIED else ("eq",))
    if not known or not isinstance(value, str) or len(value) > _LONGEST or "\x00" in value:
        raise ScimFilterError(
            f"Filters are `{'`, `'.join(attributes)}` with `eq` and a string; of moments also `gt`, `ge`, `lt`, `le`."
        )
    if attribute != LAST_MODIFIED:
        return Filter(attribute=attribute, value=value)
    return Filter(attribute=attribute, value=_moment(value), operator=cast("Operator", operator.lower()))


def _moment(text: str) -> datetime:
    """A moment as RFC 7643, 2.3.5 writes it; without a zone it is UTC's."""
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ScimFilterError("Moments are written as 2026-11-21T17:00:00Z.") from error


def user_change(patch: Patch) -> UserChange:
    """Raises ScimValueError, ScimSyntaxError."""
    change = UserChange()
    for operation in patch.operations:
        kind = _kind(operation)
        for path, value in _named(operation):
            if kind != "remove":
                change = _user_changed(change, path, value)
            elif path in {"externalid", "active", "username"}:
                raise ScimMutabilityError(f"{path} can be replaced, not removed.")
    return change


def group_change(patch: Patch) -> GroupChange:
    """Raises ScimValueError, ScimSyntaxError, ScimFilterError."""
    change = GroupChange()
    for operation in patch.operations:
        kind = _kind(operation)
        for path, value in _named(operation):
            if path.startswith("members"):
                change = _members_changed(change, kind, path, value)
            elif path == "displayname" and kind != "remove":
                change = replace(change, name=_text(value, GroupSaid, "display_name"))
            elif path == "externalid" and kind != "remove":
                change = replace(change, external_id=_text(value, GroupSaid, "external_id"))
    return change


def _user_changed(change: UserChange, path: str, value: JsonValue) -> UserChange:
    match path:
        case "active":
            try:
                return replace(change, active=TypeAdapter(bool).validate_python(value))
            except ValidationError as error:
                raise ScimValueError("active is true or false.") from error
        case "username":
            return replace(change, user_name=_text(value, UserSaid, "user_name"))
        case "externalid":
            return replace(change, external_id=_text(value, UserSaid, "external_id"))
        case "displayname" | "name.formatted":
            return replace(change, name=_text(value, UserSaid, "display_name") or change.name)
        case "name" if isinstance(value, dict) and "formatted" in value:
            return replace(change, name=_text(value["formatted"], UserSaid, "display_name") or change.name)
        case _:
            return change


def _members_changed(change: GroupChange, kind: str, path: str, value: JsonValue) -> GroupChange:
    if path.startswith("members[") and path.endswith("]") and kind == "remove":
        chosen = str(filter_of(path.removeprefix("members[").removesuffix("]"), ("value",)).value)
        return _without(change, _ids([{"value": chosen}]))
    if path != "members":
        raise ScimSyntaxError('Members are named as `members`, or `members[value eq "id"]` to remove one.')
    if kind == "remove" and value is None:
        return replace(change, members=frozenset(), joining=frozenset(), leaving=frozenset())
    ids = _ids(value)
    match kind:
        case "replace":
            return replace(change, members=ids, joining=frozenset(), leaving=frozenset())
        case "add":
            return replace(change, joining=change.joining | ids, leaving=change.leaving - ids)
        case _:
            return _without(change, ids)


def _without(change: GroupChange, ids: frozenset[UUID]) -> GroupChange:
    return replace(change, leaving=change.leaving | ids, joining=change.joining - ids)


def _ids(value: JsonValue) -> frozenset[UUID]:
    try:
        members = TypeAdapter(list[MemberSaid]).validate_python(value if isinstance(value, list) else [value])
    except ValidationError as error:
        raise ScimValueError("Members are named by their ids.") from error
    return frozenset(member.value for member in members)


def _kind(operation: Operation) -> str:
    kind = operation.op.lower()
    if kind not in {"add", "replace", "remove"}:
        raise ScimSyntaxError("An operation is `add`, `replace` or `remove`.")
    return kind


def _named(operation: Operation) -> Sequence[tuple[str, JsonValue]]:
    """Paths, in lower case, and values: an operation without a path brings several."""
    if operation.path is None:
        if not isinstance(operation.value, dict):
            raise ScimSyntaxError("An operation without a path has an object of attributes as its value.")
        return [(name.lower(), value) for name, value in operation.value.items()]
    path = operation.path.strip().lower()
    return [(path.removeprefix(f"{USER}:".lower()).removeprefix(f"{GROUP}:".lower()), operation.value)]


def _text(value: JsonValue, said: type[BaseModel], name: str) -> str:
    """One attribute, by the rules that it has in a whole resource."""
    try:
        known = said.__pydantic_validator__.validate_assignment(said.model_construct(), name, value)
    except ValidationError as error:
        raise ScimValueError(f"{to_camel(name)} is a short text without control characters.") from error
    found = getattr(known, name)
    return "" if found is None else str(found)
