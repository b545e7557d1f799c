"""What the queries of these endpoints have in common."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Query
from pydantic import Field, WithJsonSchema

from chimera.kit.scope import Scope
from chimera.tenancy.people.member import Paging
from chimera.tenancy.permissions import USERS_MANAGE, USERS_READ
from chimera.web.caller import needs

# Described without null: an address cannot say it.
CURSOR = WithJsonSchema({"type": "string", "maxLength": 200})
TEXT = WithJsonSchema({"type": "string", "maxLength": 100, "pattern": "^[^\\u0000]*$"})
ID = WithJsonSchema({"type": "string", "format": "uuid"})
Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
UserReader: TypeAlias = Annotated[Scope, needs(USERS_READ)]
UserManager: TypeAlias = Annotated[Scope, needs(USERS_MANAGE)]


async def _paging(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[
        Annotated[str, Field(max_length=200)] | None, Query(description="`next_cursor` of the page before."), CURSOR
    ] = None,
) -> Paging:
    return Paging(limit=limit, cursor=cursor)


Page: TypeAlias = Annotated[Paging, Depends(_paging)]
