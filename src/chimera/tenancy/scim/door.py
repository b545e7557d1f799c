"""`/scim/v2`: the door for directories, with its own credentials and its own shape of errors (RFC 7644)."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chimera.kit.errors import AppError
from chimera.kit.scope import Scope
from chimera.tenancy.scim import resources
from chimera.tenancy.scim.choosing import Choice
from chimera.tenancy.scim.errors import (
    ScimError,
    ScimFilterError,
    ScimNotFoundError,
    ScimSyntaxError,
    ScimUnauthenticatedError,
    ScimValueError,
)
from chimera.tenancy.scim.groups import DirectoryTeams
from chimera.tenancy.scim.messages import (
    LAST_MODIFIED,
    Filter,
    GroupChange,
    GroupSaid,
    Patch,
    UserChange,
    UserSaid,
    filter_of,
    group_change,
    user_change,
)
from chimera.tenancy.scim.resources import MOST_LISTED, Resource
from chimera.tenancy.scim.tokens import DirectoryTokens
from chimera.tenancy.scim.users import DirectoryPeople
from chimera.tenancy.scim.versions import Expected
from chimera.web.problems import error_headers, status_of

PATH: Final = "/scim/v2"
_ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
_FURTHEST: Final = 1_000_000

Body = TypeVar("Body", bound=BaseModel)
Answer: TypeAlias = Callable[[Request, Scope], Awaitable[Response]]


class ScimResponse(JSONResponse):
    media_type = "application/scim+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What a directory reaches."""

    tokens: DirectoryTokens
    people: DirectoryPeople
    teams: DirectoryTeams


def scim_app(directory: Directory) -> Starlette:
    """The ASGI application behind the door."""

    def route(path: str, **answers: Answer) -> Route:
        methods = {method.upper(): answer for method, answer in answers.items()}

        async def endpoint(request: Request) -> Response:
            caller = await _caller(directory, request)
            answer = methods["GET" if request.method == "HEAD" else request.method]
            return await answer(request, caller)

        return Route(f"{PATH}{path}", endpoint, methods=list(methods))

    people, teams = _People(directory.people), _Teams(directory.teams)
    return Starlette(
        routes=[
            route("/Users", get=people.list, post=people.create),
            route("/Users/{id}", get=people.read, put=people.replace, patch=people.patch, delete=people.remove),
            route("/Groups", get=teams.list, post=teams.create),
            route("/Groups/{id}", get=teams.read, put=teams.replace, patch=teams.patch, delete=teams.remove),
            route("/ServiceProviderConfig", get=_config),
            route("/ResourceTypes", get=_types),
            route("/ResourceTypes/{id}", get=_type),
            route("/Schemas", get=_schemas),
            route("/Schemas/{id}", get=_schema),
        ],
        exception_handlers={AppError: _refused, HTTPException: _not_served},
    )


@dataclass(frozen=True, slots=True)
class _People:
    people: DirectoryPeople

    async def list(self, request: Request, caller: Scope) -> Response:
        wanted = _filter(request, ("username", "externalid", "displayname", LAST_MODIFIED))
        start, count = _window(request)
        rows, total = await self.people.list(caller, wanted, start=start - 1, count=count)
        choice = Choice.of(request.query_params)
        shown = [choice.of_resource(resources.user(row, _base(request))) for row in rows]
        return ScimResponse(resources.listed(shown, total=total, start=start))

    async def create(self, request: Request, caller: Scope) -> Response:
        row = await self.people.create(caller, await _body(request, UserSaid))
        return _told(request, resources.user(row, _base(request)), 201)

    async def read(self, request: Request, caller: Scope) -> Response:
        return _told(request, resources.user(await self.people.get(caller, _id(request)), _base(request)))

    async def replace(self, request: Request, caller: Scope) -> Response:
        said = await _body(request, UserSaid)
        change = UserChange(
            user_name=said.user_name,
            name=said.full_name or None,
            external_id=said.external_id or "",
            active=said.active,
        )
        return await self._changed(request, caller, change)

    async def patch(self, request: Request, caller: Scope) -> Response:
        return await self._changed(request, caller, user_change(await _body(request, Patch)))

    async def remove(self, request: Request, caller: Scope) -> Response:
        await self.people.remove(caller, _id(request), _expected(request))
        return Response(status_code=204)

    async def _changed(self, request: Request, caller: Scope, change: UserChange) -> Response:
        row = await self.people.change(caller, _id(request), change, _expected(request))
        return _told(request, resources.user(row, _base(request)))


@dataclass(frozen=True, slots=True)
class _Teams:
    teams: DirectoryTeams

    async def list(self, request: Request, caller: Scope) -> Response:
        wanted = _filter(request, ("displayname", "externalid", LAST_MODIFIED))
        start, count = _window(request)
        kept, total = await self.teams.list(caller, wanted, start=start - 1, count=count)
        choice = Choice.of(request.query_params)
        shown = [choice.of_resource(resources.group(each, _base(request))) for each in kept]
        return ScimResponse(resources.listed(shown, total=total, start=start))

    async def create(self, request: Request, caller: Scope) -> Response:
        kept = await self.teams.create(caller, await _body(request, GroupSaid))
        return _told(request, resources.group(kept, _base(request)), 201)

    async def read(self, request: Request, caller: Scope) -> Response:
        return _told(request, resources.group(await self.teams.get(caller, _id(request)), _base(request)))

    async def replace(self, request: Request, caller: Scope) -> Response:
        said = await _body(request, GroupSaid)
        members = frozenset(member.value for member in said.members)
        change = GroupChange(name=said.display_name, external_id=said.external_id or "", members=members)
        return await self._changed(request, caller, change)

    async def patch(self, request: Request, caller: Scope) -> Response:
        return await self._changed(request, caller, group_change(await _body(request, Patch)))

    async def remove(self, request: Request, caller: Scope) -> Response:
        await self.teams.remove(caller, _id(request), _expected(request))
        return Response(status_code=204)

    async def _changed(self, request: Request, caller: Scope, change: GroupChange) -> Response:
        kept = await self.teams.change(caller, _id(request), change, _expected(request))
        return _told(request, resources.group(kept, _base(request)))


async def _config(request: Request, caller: Scope) -> Response:
    return ScimResponse(resources.config(_base(request)))


async def _types(request: Request, caller: Scope) -> Response:
    every = resources.types(_base(request))
    return ScimResponse(resources.listed(every, total=len(every)))


async def _type(request: Request, caller: Scope) -> Response:
    return _one_of(resources.types(_base(request)), request)


async def _schemas(request: Request, caller: Scope) -> Response:
    every = resources.schemas(_base(request))
    return ScimResponse(resources.listed(every, total=len(every)))


async def _schema(request: Request, caller: Scope) -> Response:
    return _one_of(resources.schemas(_base(request)), request)


async def _caller(directory: Directory, request: Request) -> Scope:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise ScimUnauthenticatedError("Send a SCIM token as `Authorization: Bearer …`.")
    return await directory.tokens.caller(secret.strip())


async def _body(request: Request, kind: type[Body]) -> Body:
    try:
        said = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise ScimSyntaxError("The body is not valid JSON in UTF-8, or it is nested too deeply.") from error
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step)[:100] for step in first["loc"])
        raise ScimValueError(f"{where}: {first['msg']}"[:500]) from error


def _filter(request: Request, attributes: Sequence[str]) -> Filter | None:
    text = request.query_params.get("filter")
    return None if text is None else filter_of(text, attributes)


def _window(request: Request) -> tuple[int, int]:
    """`startIndex`, from 1, and `count`; values that make no sense are the nearest that do (RFC 7644, 3.4.2.4)."""
    try:
        start = int(request.query_params.get("startIndex", "1")[:9])
        count = int(request.query_params.get("count", "100")[:9])
    except ValueError as error:
        raise ScimFilterError("startIndex and count are numbers.") from error
    return min(max(start, 1), _FURTHEST), min(max(count, 0), MOST_LISTED)


def _id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["id"])
    except ValueError as error:
        raise ScimNotFoundError("There is no such resource.") from error


def _base(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{PATH}"


def _expected(request: Request) -> Expected:
    return Expected.of(request.headers.get("if-match"))


def _told(request: Request, resource: Resource, status: int = 200) -> Response:
    """One resource with its version; nothing of it where the directory has that version."""
    version, location = str(resource["meta"]["version"]), str(resource["meta"]["location"])
    headers = {"etag": version, "location": location} if status == 201 else {"etag": version}
    if request.method in {"GET", "HEAD"} and Expected.of(request.headers.get("if-none-match")).names(version):
        return Response(status_code=304, headers=headers)
    return ScimResponse(Choice.of(request.query_params).of_resource(resource), status, headers)


def _one_of(every: Sequence[Resource], request: Request) -> Response:
    for resource in every:
        if resource["id"] == request.path_params["id"]:
            return ScimResponse(resource)
    raise ScimNotFoundError("There is no such resource.")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    status = status_of(error)
    body = {"schemas": [_ERROR], "status": str(status), "detail": error.message}
    kind = error.scim_type if isinstance(error, ScimError) else "invalidValue" if status == 400 else None
    return ScimResponse(body | ({"scimType": kind} if kind else {}), status, error_headers(error))


async def _not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    body = {"schemas": [_ERROR], "status": str(error.status_code), "detail": "This is not served here."}
    return ScimResponse(body, error.status_code, error.headers)
