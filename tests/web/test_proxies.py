"""Whose a request is behind proxies: the client's as they tell it, and never as the client would like it."""

import shutil
from collections.abc import AsyncGenerator
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from starlette.types import Receive, Scope, Send
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running, running

from chimera.web.security.proxies import Proxied, Told

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROXIES = tuple(map(ip_network, ("10.0.0.0/8", "fd00::/8")))
Headers = list[tuple[bytes, bytes]]


async def seen(
    peer: str | None, headers: Headers, told: Told = "x-forwarded-for", kind: str = "http"
) -> tuple[str | None, str]:
    """Whom, and by which scheme, the application behind the proxies sees."""
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)

    async def nothing(*_: object) -> None:
        raise AssertionError("nothing is read or sent")

    client = None if peer is None else (peer, 50_000)
    scope = {"type": kind, "client": client, "scheme": "ws" if kind == "websocket" else "http", "headers": headers}
    await Proxied(app=app, trusted=PROXIES, told=told)(scope, nothing, nothing)  # type: ignore[arg-type]  # never called
    client = scopes[0]["client"]
    return client and client[0], scopes[0]["scheme"]


def x(*lists: str) -> Headers:
    return [(b"x-forwarded-for", each.encode("latin-1")) for each in lists]


@pytest.mark.parametrize(
    ("lists", "client"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["192.168.7.7, 203.0.113.9"], "203.0.113.9"),
        (["10.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, 10.1.1.1, 10.2.2.2"], "203.0.113.9"),
        (["192.0.2.1, 203.0.113.9, 10.1.1.1"], "203.0.113.9"),
        (["192.0.2.1", "203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9:4711"], "203.0.113.9"),
        (["[2001:db8::7]:4711"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, ::ffff:10.1.1.1"], "203.0.113.9"),
        (["10.9.9.9, 10.1.1.1"], "10.9.9.9"),
        (["203.0.113.9,"], "203.0.113.9"),
        (["unknown"], None),
        (["203.0.113.9, unknown"], None),
        (["203.0.113.9, 10.1.1.1, 2130706433"], None),
        (["\xff"], None),
        ([], "10.0.0.7"),
        ([" , "], "10.0.0.7"),
    ],
)
async def test_the_client_is_the_right_most_address_that_is_no_proxys(lists: list[str], client: str | None) -> None:
    assert await seen("10.0.0.7", x(*lists)) == (client, "http")
    assert (await seen("::ffff:10.0.0.7", x(*lists)))[0] in {client, "::ffff:10.0.0.7"}


@pytest.mark.parametrize("peer", ["203.0.113.9", "2001:db8::7", "127.0.0.1", "", None])
async def test_nobody_else_is_believed(peer: str | None) -> None:
    headers = [*x("10.1.1.1"), (b"x-forwarded-proto", b"https"), (b"forwarded", b"for=10.1.1.1;proto=https")]
    assert await seen(peer, headers) == (peer, "http")
    assert await seen(peer, headers, "forwarded") == (peer, "http")


@pytest.mark.parametrize(
    ("value", "client", "scheme"),
    [
        ("for=203.0.113.9;proto=https", "203.0.113.9", "https"),
        ("For=203.0.113.9 ; PROTO=HTTPS;by=10.0.0.7", "203.0.113.9", "https"),
        ('for="[2001:db8::7]:4711"', "2001:db8::7", "http"),
        ("for=192.0.2.1;proto=https, for=203.0.113.9;proto=http", "203.0.113.9", "http"),
        ("for=203.0.113.9;proto=https, for=10.1.1.1;proto=http", "203.0.113.9", "https"),
        ('for=203.0.113.9;host="a, for=10.1.1.1"', "203.0.113.9", "http"),
        ("for=_hidden;proto=https", None, "https"),
        ("proto=https", None, "https"),
        # A stranger opened a quote, so that the proxy's own words would be read as part of it.
        ('for="192.0.2.1, for=203.0.113.9', None, "http"),
        ('for="192.0.2.1, for="203.0.113.9"', None, "http"),
        ("for 203.0.113.9", None, "http"),
        ("for=203.0.113.9,,", "203.0.113.9", "http"),
    ],
)
async def test_proxies_may_speak_by_rfc_7239(value: str, client: str | None, scheme: str) -> None:
    assert await seen("fd00::7", [(b"forwarded", value.encode())], "forwarded") == (client, scheme)


async def test_only_the_header_that_the_proxies_write_is_read() -> None:
    both = [*x("203.0.113.9"), (b"forwarded", b"for=192.0.2.1")]
    assert (await seen("10.0.0.7", both))[0] == "203.0.113.9"
    assert (await seen("10.0.0.7", both, "forwarded"))[0] == "192.0.2.1"


@pytest.mark.parametrize(
    ("said", "scheme"), [("https", "https"), ("HTTPS", "https"), ("https, http", "http"), ("ftp", "http"), ("", "http")]
)
async def test_the_scheme_is_what_the_nearest_proxy_was_asked_by(said: str, scheme: str) -> None:
    assert await seen("10.0.0.7", [*x("203.0.113.9"), (b"x-forwarded-proto", said.encode())]) == ("203.0.113.9", scheme)


@pytest.mark.parametrize(
    ("said", "scheme"),
    [("https", "wss"), ("WSS", "wss"), ("https, http", "ws"), ("ws", "ws"), ("ftp", "ws"), ("", "ws")],
)
async def test_a_socket_is_its_client_s_just_as_a_request_is(said: str, scheme: str) -> None:
    x_forwarded = [*x("192.0.2.1, 203.0.113.9, 10.1.1.1"), (b"x-forwarded-proto", said.encode())]
    forwarded = [(b"forwarded", f'for=203.0.113.9;proto="{said.rpartition(",")[2].strip()}"'.encode())]
    assert await seen("10.0.0.7", x_forwarded, kind="websocket") == ("203.0.113.9", scheme)
    assert await seen("10.0.0.7", forwarded, "forwarded", "websocket") == ("203.0.113.9", scheme)
    assert await seen("198.51.100.1", x_forwarded, kind="websocket") == ("198.51.100.1", "ws")


async def test_a_request_comes_by_no_scheme_of_sockets_and_what_is_no_connection_is_left_alone() -> None:
    said = [*x("203.0.113.9"), (b"x-forwarded-proto", b"wss")]
    assert await seen("10.0.0.7", said) == ("203.0.113.9", "http")
    assert await seen("10.0.0.7", said, kind="lifespan") == ("10.0.0.7", "http")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    folder = tmp_path_factory.mktemp("proxies")
    file = folder / "chimera.db"
    shutil.copy(sqlite_template, file)
    async with running(f"sqlite:///{file}", {}, {"data_dir": folder, "trusted_proxies": ["127.0.0.1"]}) as server:
        yield server


def through_proxy(address: str) -> dict[str, str]:
    return {"x-forwarded-for": address, "x-forwarded-proto": "https"}


async def test_keys_sessions_and_the_trail_know_the_client(chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        wish = {"name": "bound", "networks": ["203.0.113.0/24"]}
        made = await http.post("/api/v1/keys", json=wish, headers=through_proxy("203.0.113.4"))
        bound = {"Authorization": f"Bearer {made.json()['key']}"}
        inside, outside = through_proxy("203.0.113.9"), through_proxy("203.0.113.9, 198.51.100.1")
        assert (await http.get("/v1/models", headers=bound | inside)).status_code == 200
        assert (await http.get("/v1/models", headers=bound | outside)).status_code == 403
        assert (await http.get("/v1/models", headers=bound)).status_code == 403
        trail = (await http.get("/api/v1/audit", params={"act": "key.created"})).json()["data"]
        assert trail[0]["address"] == "203.0.113.4"


async def test_a_cookie_is_secure_where_the_browser_came_by_https_and_its_session_tells_from_where(
    chimera: Running,
) -> None:
    person = {"email": OWNER_EMAIL, "password": OWNER_PASSWORD}
    async with httpx2.AsyncClient(base_url=chimera.url) as http:
        plain = await http.post("/api/v1/session", json=person)
        begun = await http.post("/api/v1/session", json=person, headers=through_proxy("203.0.113.5"))
        assert "secure" not in plain.headers["set-cookie"].lower()
        assert "secure" in begun.headers["set-cookie"].lower()
        cookie = {"cookie": begun.headers["set-cookie"].partition(";")[0]}
        devices = (await http.get("/api/v1/sessions", headers=cookie)).json()["data"]
        assert {device["address"] for device in devices} >= {"127.0.0.1", "203.0.113.5"}


async def test_one_clients_wrong_passwords_do_not_keep_another_out(chimera: Running) -> None:
    wrong = {"email": OWNER_EMAIL, "password": "a-wrong-password-of-a-stranger"}
    right = {"email": OWNER_EMAIL, "password": OWNER_PASSWORD}
    async with httpx2.AsyncClient(base_url=chimera.url) as http:
        tries = [
            await http.post("/api/v1/session", json=wrong, headers=through_proxy("198.51.100.66")) for _ in range(6)
        ]
        assert tries[-1].status_code == 429
        assert (await http.post("/api/v1/session", json=right, headers=through_proxy("203.0.113.6"))).is_success
