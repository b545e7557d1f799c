"""The HTTP client: what it sends, what it refuses to do by itself, and how the network's faults are named."""

import asyncio
import gzip
from collections.abc import Mapping

import pytest
from tests.adapters.canned import response, saying

from chimera.adapters.http import HttpClient, Timeouts, open_http
from chimera.llm import ProviderAnswerError, ProviderConnectionError, ProviderError, ProviderTimeoutError

PATIENT = Timeouts(connect_s=5, idle_s=5)


async def got(
    http: HttpClient, url: str, *, body: bytes | None = None, timeouts: Timeouts = PATIENT
) -> tuple[int, Mapping[str, str], bytes]:
    async with http.stream("POST", url, provider="p", headers={"x": "y"}, body=body, timeouts=timeouts) as answer:
        return answer.status, dict(answer.headers), await answer.read()


async def failing(url: str, timeouts: Timeouts = PATIENT) -> ProviderError:
    async with open_http() as http:
        with pytest.raises(ProviderError) as failed:
            await got(http, url, timeouts=timeouts)
    return failed.value


async def test_a_body_is_sent_and_an_answer_read() -> None:
    async with saying(response(b"hello", "X-A: b")) as server, open_http() as http:
        status, headers, body = await got(http, f"{server.url}/path?a=b%2Fc", body=b"{}")
    assert (status, headers["X-A"], body) == (200, "b", b"hello")
    head = server.heard[0].decode().lower()
    assert head.startswith("post /path?a=b%2fc http/1.1")
    assert "accept-encoding: identity" in head


async def test_headers_are_found_in_any_case() -> None:
    async with (
        saying(response(b"", "Retry-After: 3")) as server,
        open_http() as http,
        http.stream("GET", server.url, provider="p", headers={}, timeouts=PATIENT) as answer,
    ):
        assert answer.headers.get("retry-after") == "3"


async def test_a_redirect_is_not_followed() -> None:
    async with (
        saying() as other,
        saying(response(b"", f"Location: {other.url}/", status="307 Away")) as server,
        open_http() as http,
    ):
        status, _, _ = await got(http, server.url)
    assert status == 307
    assert other.heard == []


async def test_sockets_are_made_to_admitted_addresses_only_whatever_names_them() -> None:
    judged: list[str] = []

    def admits(address: str) -> bool:
        judged.append(address)
        return False

    async with saying(response(b"inside")) as server, open_http(admits=admits) as http:
        for url in (
            server.url,
            server.url.replace("127.0.0.1", "localhost"),
            server.url.replace("127.0.0.1", "0x7f.1"),
        ):
            with pytest.raises(ProviderConnectionError) as failed:
                await got(http, url)
            assert "may be asked" in failed.value.message
    assert server.heard == []
    assert "127.0.0.1" in judged


async def test_cookies_are_not_kept() -> None:
    async with saying(response(b"", "Set-Cookie: a=b"), response(b"")) as server, open_http() as http:
        await got(http, server.url)
        await got(http, server.url)
    assert len(server.heard) == 2
    assert b"cookie" not in server.heard[1].lower()


async def test_a_proxy_from_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with saying() as proxy, saying(response(b"direct")) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        async with open_http() as http:
            assert (await got(http, server.url))[2] == b"direct"
    assert proxy.heard == []


async def test_an_answer_that_is_compressed_all_the_same_is_read() -> None:
    async with saying(response(gzip.compress(b"hello"), "Content-Encoding: gzip")) as server, open_http() as http:
        assert (await got(http, server.url))[2] == b"hello"


async def test_no_more_is_read_than_allowed() -> None:
    async with (
        saying(response(b"0123456789")) as server,
        open_http() as http,
        http.stream("GET", server.url, provider="p", headers={}, timeouts=PATIENT) as answer,
    ):
        assert await answer.read(4) == b"0123"


@pytest.mark.parametrize("url", ["http://", "ftp://example.com", "nonsense", "http://a b"])
async def test_what_is_no_address_is_a_failed_connection(url: str) -> None:
    assert isinstance(await failing(url), ProviderConnectionError)


async def test_an_unknown_host_is_a_failed_connection() -> None:
    error = await failing("http://nowhere.invalid")
    assert isinstance(error, ProviderConnectionError)


async def test_a_server_without_tls_is_a_failed_connection() -> None:
    async with saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        error = await failing(server.url.replace("http:", "https:"))
    assert isinstance(error, ProviderConnectionError)
    assert "TLS" in error.message


async def test_a_connection_that_is_never_made_is_a_timeout() -> None:
    async with saying(b"", closing=False) as server:
        error = await failing(server.url.replace("http:", "https:"), Timeouts(connect_s=0.1, idle_s=5))
    assert isinstance(error, ProviderTimeoutError)


async def test_what_is_not_http_is_a_malformed_answer() -> None:
    async with saying(b"SSH-2.0-OpenSSH_9.2\r\n") as server:
        assert isinstance(await failing(server.url), ProviderAnswerError)


async def test_a_body_shorter_than_announced_is_a_malformed_answer() -> None:
    async with saying(response(b"hello").replace(b"Length: 5", b"Length: 50")) as server:
        assert isinstance(await failing(server.url), ProviderAnswerError)


async def test_a_server_that_hangs_up_is_a_failed_connection() -> None:
    async with saying(b"") as server:
        assert isinstance(await failing(server.url), ProviderConnectionError)


async def test_silence_within_a_body_is_a_timeout() -> None:
    short = response(b"hello").replace(b"Length: 5", b"Length: 50")
    async with saying(short, closing=False) as server:
        error = await failing(server.url, Timeouts(connect_s=5, idle_s=0.1))
    assert isinstance(error, ProviderTimeoutError)


async def test_a_complete_answer_whose_body_never_ends_does_not_hold_the_reader() -> None:
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    async with (
        saying(endless, closing=False) as server,
        open_http() as http,
        http.stream("GET", server.url, provider="p", headers={}, timeouts=PATIENT) as answer,
    ):
        assert await anext(answer.chunks()) == b"hello"
        await asyncio.wait_for(answer.drain(0.05), 1)


async def test_messages_do_not_show_addresses() -> None:
    async with saying(b"") as server:
        error = await failing(server.url)
    assert str(server.port) not in error.message
