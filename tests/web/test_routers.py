"""Each route is built once, and not before somebody comes for it."""

from pathlib import Path
from typing import Annotated

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, Query
from fastapi.exceptions import FastAPIError
from fastapi.routing import APIRoute

from chimera.web.routers import LateRouter, join

SOURCE = Path(__file__).parents[2] / "src" / "chimera"


def test_routes_of_a_router_that_was_joined_are_the_same_routes() -> None:
    inner, outer = APIRouter(prefix="/inner"), APIRouter()

    @inner.get("/one")
    async def one() -> None: ...

    join(outer, inner)
    assert [route.path for route in outer.routes if isinstance(route, APIRoute)] == ["/inner/one"]
    assert outer.routes == inner.routes


def test_nobody_has_fastapi_build_them_again() -> None:
    files = [file for file in SOURCE.rglob("*.py") if ".include_router(" in file.read_text("utf-8")]
    assert files == []


def test_every_router_of_ours_is_late() -> None:
    files = {file.name for file in SOURCE.rglob("*.py") if "= APIRouter(" in file.read_text("utf-8")}
    assert files == set()


async def test_a_late_route_takes_requests_refuses_them_and_is_described_as_any_other() -> None:
    app, late = FastAPI(), LateRouter(prefix="/late", tags=["late"])

    @late.post("/{name}", status_code=201)
    async def make(name: str, size: Annotated[int, Query(ge=1)]) -> dict[str, int]:
        """Make one."""
        return {name: size}

    join(app.router, late)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://late") as http:
        answers = [
            await http.post("/late/a", params={"size": 3}),
            await http.post("/late/a", params={"size": 0}),
            await http.get("/late/a"),
        ]
    assert [answer.status_code for answer in answers] == [201, 422, 405]
    assert answers[0].json() == {"a": 3}
    assert answers[2].headers["allow"] == "POST"
    described = app.openapi()["paths"]["/late/{name}"]["post"]
    assert (described["description"], described["tags"]) == ("Make one.", ["late"])


def test_what_is_wrong_with_a_late_endpoint_shows_when_it_is_described() -> None:
    app, late = FastAPI(), LateRouter()

    @late.get("/wrong")
    async def wrong() -> FastAPI: ...

    join(app.router, late)
    with pytest.raises(FastAPIError):
        app.openapi()
