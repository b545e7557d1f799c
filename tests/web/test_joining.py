"""Routers are joined so that each route is built once."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.routing import APIRoute

from chimera.web.joining import join

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
