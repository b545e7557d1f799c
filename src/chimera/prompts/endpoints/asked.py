"""What callers may ask of lists, and what all of these endpoints refuse."""

from typing import Annotated, Final, TypeAlias

from fastapi import Query
from pydantic import AfterValidator, Field, WithJsonSchema

from chimera.kit.scope import Scope
from chimera.prompts.schemas import storable
from chimera.tenancy.permissions import CHAT
from chimera.web.caller import needs
from chimera.web.openapi import refusals

Chatter: TypeAlias = Annotated[Scope, needs(CHAT)]
Short: TypeAlias = Annotated[str, Field(max_length=200), AfterValidator(storable)]
# Described without null: an address cannot say it.
_SHORT = WithJsonSchema({"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$"})
Cursor = Annotated[Short | None, Query(description="`next_cursor` of the page before."), _SHORT]
Search = Annotated[Short, Query(description="Only those in whose name, description or tags all of these words stand.")]
Tagged = Annotated[Short, Query(description="Only those with this tag.")]
Called = Annotated[Short, Query(description="Only those with this command.")]
Limit = Annotated[int, Query(ge=1, le=100)]

BAD: Final = {400: "A template, a variable or a group makes no sense; `detail` says which."}
MADE: Final = refusals({**BAD, 404: "Something of it names what is not there.", 409: "There are too many."})
CHANGED: Final = refusals({**BAD, 409: "It was changed meanwhile, or there is too much of it."})
