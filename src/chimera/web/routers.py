"""Routers put together into one, and routes that are put together when the first request comes for them.

FastAPI analyses the signature and builds the validators of each route where it is declared: for all of ours a quarter
of a second of every start, though most servers meet few of them.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import compile_path


class LateRoute(APIRoute):
    """A route that knows only what it takes, until it is asked for something else.

    What is wrong with an endpoint shows at its first request, and when `/openapi.json` is made, not at the start.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        """`given` is what `APIRoute` takes; what requests are matched by is made at once."""
        self.path, self.endpoint = path, endpoint
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self.methods = {method.upper() for method in given["methods"] or ["GET"]}
        self._given = given

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there yet."""
        given = self.__dict__.pop("_given", None)
        if given is None:
            raise AttributeError(name)
        super().__init__(self.path, self.endpoint, **given)
        return getattr(self, name)


class LateRouter(APIRouter):
    """FastAPI's router, with late routes."""

    def __init__(
        self, prefix: str = "", *, tags: list[str | Enum] | None = None, include_in_schema: bool = True
    ) -> None:
        super().__init__(prefix=prefix, tags=tags, include_in_schema=include_in_schema, route_class=LateRoute)


def join(api: APIRouter, *routers: APIRouter) -> None:
    """Let a router have the routes of others as they are; what is theirs of path and tags they say themselves.

    FastAPI's own `include_router` builds each route a second time, for what the including one might add: all of them
    at the first request, on the event loop, where they took 9 MB and a third of a second.
    """
    for router in routers:
        api.routes.extend(router.routes)
