"""Given addresses are asked within bounds: who leads elsewhere, says too much or lies within gets nothing."""

from collections.abc import AsyncGenerator

import pytest
from aiohttp import web

from chimera.adapters.fetchers.http import HttpFetcher, Settings
from chimera.kit.fetching import FetchError, Outgoing


@pytest.fixture
async def place() -> AsyncGenerator[str]:
    """A server of this machine, as plain HTTP."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"authorization": request.headers.get("authorization")})

    async def onward(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"location": "/there"})

    async def around(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"location": "/around"})

    app = web.Application()
    app.add_routes([web.get("/there", answer), web.get("/onward", onward), web.get("/around", around)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def inside() -> HttpFetcher:
    return HttpFetcher(Settings(private_networks=True, timeout_s=5))


async def test_an_answer_comes_back_through_a_redirect(place: str) -> None:
    fetched = await inside().fetch(Outgoing(url=f"{place}/onward", headers={"Authorization": "x"}, redirects=1))
    assert (fetched.status, fetched.url, fetched.body) == (200, f"{place}/there", b'{"authorization": "x"}')


@pytest.mark.parametrize(
    ("path", "trouble"), [("/around", "too_many_redirects"), ("/onward", "too_many_redirects"), ("/there", "too_large")]
)
async def test_too_much_is_refused(place: str, path: str, trouble: str) -> None:
    redirects = 3 if path == "/around" else 0
    with pytest.raises(FetchError) as raised:
        await inside().fetch(Outgoing(url=f"{place}{path}", redirects=redirects, most_bytes=8))
    assert raised.value.trouble == trouble


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1/", "https://localhost:1/", "http://example.com/", "https://a@example.com/", "file:///"]
)
async def test_nothing_within_is_asked(url: str) -> None:
    with pytest.raises(FetchError) as raised:
        await HttpFetcher(Settings()).fetch(Outgoing(url=url))
    assert raised.value.trouble == "address_refused"
