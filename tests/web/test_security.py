"""What browsers are told with every answer, and who gets none: other hosts, other sites, confused addresses."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
FULL = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}
NOTHING = "default-src 'none'; frame-ancestors 'none'"
FRIEND, STRANGER = "https://app.example.com", "https://evil.example"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    folder = tmp_path_factory.mktemp("security")
    file = folder / "chimera.db"
    shutil.copy(sqlite_template, file)
    flags = {
        "data_dir": folder,
        "public_url": "https://chat.example.com",
        "cors_origins": [FRIEND],
        "allowed_hosts": ["127.0.0.1", "chat.example.com", "*.inner.example"],
    }
    async with running(f"sqlite:///{file}", {}, flags) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(chimera: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=chimera.url) as client:
        yield client


async def raw(chimera: Running, head: str) -> str:
    """The beginning of the answer to a request as it stands."""
    reader, writer = await asyncio.open_connection(*chimera.url.removeprefix("http://").split(":"))
    writer.write(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n")
    async with asyncio.timeout(10):
        answer = await reader.read(4_000)
    writer.close()
    return answer.decode("latin-1")


@pytest.mark.parametrize("path", ["/", "/docs", "/nowhere", "/api/v1/models", "/api/v1/nowhere", "/health/live"])
async def test_pages_and_our_own_api_get_all(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert {name: answer.headers.get(name) for name in FULL} == FULL
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe-eval" not in policy
    if path.startswith("/api/"):
        assert (policy, answer.headers["cache-control"]) == (NOTHING, "no-store")


async def test_the_page_that_draws_diagrams_is_for_our_frames_alone_and_reaches_nothing(
    http: httpx2.AsyncClient,
) -> None:
    answer = await http.get("/frames/diagram.html")
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["sandbox"], policy["frame-ancestors"]) == (
        "'none'",
        "allow-scripts",
        "'self'",
    )
    assert policy["script-src"] == "'self'"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert (await http.get("/frames/nowhere")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/v1/models", "/v1/nowhere", "/v1beta/models", "/api/tags", "/api/chat", "/v1/chat/completions"]
)
async def test_other_peoples_apis_get_what_protects_who_opens_an_answer(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    told = {name: value for name, value in answer.headers.items() if not name.startswith(("x-request", "request-id"))}
    assert told["content-security-policy"] == NOTHING
    assert (told["x-content-type-options"], told["cache-control"]) == ("nosniff", "no-store")
    assert told["strict-transport-security"]
    assert not {"x-frame-options", "permissions-policy", "cross-origin-opener-policy"} & told.keys()


async def test_each_header_is_said_once(http: httpx2.AsyncClient, chimera: Running) -> None:
    for path in ("/", "/api/v1/models", "/v1/models", "/api/v1/audit/export"):
        names = [name.lower() for name, _ in (await http.get(path, headers=chimera.headers)).headers.multi_items()]
        assert sorted(names) == sorted(set(names)), path


@pytest.mark.parametrize(
    "host",
    [
        "x/#@y", "127.0.0.1/../api", "127.0.0.1#", "127.0.0.1?x", "127.0.0.1@evil.example", "user:pass@127.0.0.1", "",
        "127.0.0.1, evil.example", "evil.example", "evil.example:80", "chat.example.com.evil.example", "inner.example",
        "127.0.0.1:port", "127.0.0.1:999999", "[::1", "[::1]x", "a b", "127.0.0.1\\x", "%31", "..", "-", "\xff",
        "chat.example.com.", "http://127.0.0.1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/v1/models", "/v1/models", "/"])
async def test_a_host_that_is_none_or_not_ours_is_not_answered(chimera: Running, host: str, path: str) -> None:
    answer = await raw(chimera, f"GET {path} HTTP/1.1\nhost: {host}\nconnection: close")
    assert answer.startswith(("HTTP/1.1 421", "HTTP/1.1 400"))
    assert "x-content-type-options: nosniff" in answer or "HTTP/1.1 400" in answer


@pytest.mark.parametrize("host", ["127.0.0.1", "CHAT.example.com", "chat.example.com:8443", "a.b.inner.example"])
async def test_our_own_names_are_answered(http: httpx2.AsyncClient, host: str) -> None:
    assert (await http.get("/health/live", headers={"host": host})).status_code == 200


async def test_two_hosts_are_none(chimera: Running) -> None:
    answer = await raw(chimera, "GET / HTTP/1.1\nhost: 127.0.0.1\nhost: chat.example.com\nconnection: close")
    assert answer.startswith(("HTTP/1.1 421", "HTTP/1.1 400"))


@pytest.mark.parametrize(
    "target",
    [
        "//api/v1/audit", "/api//v1/audit", "/api/v1/../v1/audit", "/%2e%2e/api/v1/audit", "/api/v1/%2e%2e/v1/audit",
        "/api%2fv1%2faudit", "/api/v1/audit/", "/API/V1/AUDIT", "/api/v1/audit;x", "/api/v1/audit%00",
        "/assets/..%2f..%2fsettings.py", "/assets/%2e%2e/%2e%2e/edge.py", "/..%5cedge.py", "/swagger/....//edge.py",
        "http://evil.example/api/v1/audit", "/\\api/v1/audit",
    ],
)  # fmt: skip
async def test_no_other_spelling_of_an_address_leads_past_the_door(chimera: Running, target: str) -> None:
    for more in ("", "x-original-url: /api/v1/audit\n", "x-rewrite-url: /api/v1/audit\nx-forwarded-prefix: /api/v1\n"):
        answer = await raw(chimera, f"GET {target} HTTP/1.1\nhost: 127.0.0.1\n{more}connection: close")
        assert answer.startswith(("HTTP/1.1 4", "HTTP/1.1 200"))
        # The web app answers addresses of pages; data and files of the program are in none of them.
        body = answer.partition("\r\n\r\n")[2]
        assert '"data"' not in body
        assert "import " not in body.replace("modulepreload", "")


@pytest.mark.parametrize(
    "name", ["x-original-url", "x-rewrite-url", "x-forwarded-prefix", "x-forwarded-host", "forwarded"]
)
async def test_no_header_moves_a_request_elsewhere(http: httpx2.AsyncClient, name: str) -> None:
    assert (await http.get("/health/live", headers={name: "/api/v1/audit"})).json()["status"] == "ok"
    assert (await http.get("/api/v1/audit", headers={name: "/health/live"})).status_code == 401


async def test_a_page_of_another_site_may_ask_with_a_key_if_it_is_admitted(
    http: httpx2.AsyncClient, chimera: Running
) -> None:
    asked = {
        "origin": FRIEND,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    allowed = await http.options("/v1/chat/completions", headers=asked)
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (204, FRIEND)
    assert "authorization" in allowed.headers["access-control-allow-headers"]
    answer = await http.get("/api/v1/models", headers={"origin": FRIEND, **chimera.headers})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, FRIEND)
    assert "origin" in answer.headers["vary"]
    assert "access-control-allow-credentials" not in answer.headers | allowed.headers


@pytest.mark.parametrize("origin", [STRANGER, "null", "https://app.example.com.evil.example", "http://app.example.com"])
async def test_no_other_site_is_told_that_it_may(http: httpx2.AsyncClient, chimera: Running, origin: str) -> None:
    for answer in (
        await http.options("/v1/models", headers={"origin": origin, "access-control-request-method": "GET"}),
        await http.get("/v1/models", headers={"origin": origin, **chimera.headers}),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cookie(chimera: Running) -> str:
    async with httpx2.AsyncClient(base_url=chimera.url) as client:
        credentials = {"email": OWNER_EMAIL, "password": OWNER_PASSWORD}
        made = await client.post("/api/v1/session", json=credentials, headers={"origin": chimera.url})
        assert made.status_code == 200, made.text
        return f"chimera_session={made.cookies['chimera_session']}"


async def test_a_cookie_counts_nothing_on_another_site_even_an_admitted_one(
    http: httpx2.AsyncClient, chimera: Running, cookie: str
) -> None:
    assert (await http.get("/api/v1/session", headers={"cookie": cookie})).status_code == 200
    for path in ("/api/v1/session", "/v1/models"):
        assert (await http.get(path, headers={"cookie": cookie, "origin": FRIEND})).status_code == 401


def unsafe(description: dict[str, dict[str, object]]) -> list[tuple[str, str]]:
    methods = {"post", "put", "patch", "delete"}
    return [(method, path) for path, found in description.items() for method in found if method in methods]


@pytest.mark.parametrize(
    "told",
    [
        {"origin": STRANGER},
        {"origin": "null"},
        {"origin": STRANGER, "content-type": "text/plain"},
        {"origin": STRANGER, "content-type": "application/x-www-form-urlencoded"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
async def test_no_unsafe_operation_takes_a_cookie_from_another_site(
    http: httpx2.AsyncClient, cookie: str, told: dict[str, str]
) -> None:
    description = (await http.get("/openapi.json")).json()["paths"]
    operations = unsafe(description)
    assert len(operations) > 40
    wrong = []
    for method, path in operations:
        at = path.replace("{", "").replace("}", "")
        content = b"" if method == "delete" else b"{}"
        headers = {"cookie": cookie, "content-type": "application/json", **told}
        answer = await http.request(method.upper(), at, content=content, headers=headers)
        if answer.status_code < 400 and "set-cookie" not in answer.headers:
            wrong.append((method, path, answer.status_code))
    assert wrong == []
    assert (await http.get("/api/v1/session", headers={"cookie": cookie})).status_code == 200
