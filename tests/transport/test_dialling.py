"""How connections are made: names, addresses that race, TLS."""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.transport.raw import HASTY, HELLO, PATIENT, Line, Served, answering, fault, got, serving

from chimera.transport import Fault, Pool, Timeouts
from chimera.transport.dialling import Address, first_link, trusting_context


def certified(folder: Path, *names: x509.GeneralName) -> ssl.SSLContext:
    """A server's side of TLS, in a certificate that vouches for itself, at `folder / "ca.pem"`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nobody's authority")])
    now = dt.datetime.now(dt.UTC)  # noqa: TID251  # certificates know no other time
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


@pytest.fixture
def trusting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose `ca.pem` is believed."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    trusting_context.cache_clear()
    yield tmp_path
    trusting_context.cache_clear()


async def test_a_trusted_server_is_asked_over_tls_and_in_http_1(pool: Pool, trusting: Path) -> None:
    spoken, names = [], []
    context = certified(trusting, LOOPBACK, x509.DNSName("localhost"))
    context.sni_callback = lambda link, name, _: names.append(name)

    async def listen(line: Line) -> None:
        spoken.append(line.writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await answering(HELLO, HELLO)(line)

    async with serving(listen, tls=context) as served:
        for _ in range(2):
            assert await got(pool, served.url.replace("127.0.0.1", "localhost")) == (200, b"hello")
        assert await got(pool, served.url) == (200, b"hello")
    assert spoken == ["http/1.1"] * 2
    assert names[0] == "localhost"


async def test_large_bodies_go_both_ways_over_tls(pool: Pool, trusting: Path) -> None:
    large = bytes(range(256)) * 4096 * 5

    async def echo(line: Line) -> None:
        for _ in range(2):
            _, body = await line.request()
            await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), body)
        await line.until_gone()

    async with serving(echo, tls=certified(trusting, LOOPBACK)) as served:
        for _ in range(2):
            assert await got(pool, served.url, body=large) == (200, large)
    assert served.lines == 1


async def test_leaving_early_closes_a_connection_over_tls(pool: Pool, trusting: Path) -> None:
    gone = asyncio.Event()

    async def endless(line: Line) -> None:
        await line.request()
        await line.say(HELLO[:-1])
        try:
            await line.until_gone()
        finally:
            gone.set()

    async with serving(endless, tls=certified(trusting, LOOPBACK)) as served:
        answer = await pool.ask("POST", served.url, headers={}, body=b"", timeouts=PATIENT)
        answer.close()
        await asyncio.wait_for(gone.wait(), 5)


async def test_a_server_of_another_name_is_not_asked(pool: Pool, trusting: Path) -> None:
    async def never(line: Line) -> None:
        raise AssertionError("asked")

    async with serving(never, tls=certified(trusting, x509.DNSName("other.example"))) as served:
        assert await fault(pool, served.url) is Fault.TLS


async def test_a_server_that_nobody_vouches_for_is_not_asked(pool: Pool, tmp_path: Path) -> None:
    async def never(line: Line) -> None:
        raise AssertionError("asked")

    async with serving(never, tls=certified(tmp_path, LOOPBACK)) as served:
        assert await fault(pool, served.url) is Fault.TLS


async def test_a_handshake_that_never_ends_is_slow(pool: Pool) -> None:
    async def deaf(line: Line) -> None:
        await line.until_gone()

    async with serving(deaf) as served:
        assert await fault(pool, served.url.replace("http:", "https:"), timeouts=HASTY) is Fault.SLOW


@pytest.fixture
def dead() -> Address:
    """Where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as link:
        port = link.getsockname()[1]
    return (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))


@pytest.fixture
def mute() -> Iterator[Address]:
    """Where connections are neither made nor refused: a full queue that nobody empties."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as link:
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(link.getsockname())
        yield (socket.AF_INET, socket.SOCK_STREAM, 0, "", link.getsockname())
        for one in crowd:
            one.close()


@pytest.fixture
async def alive() -> AsyncGenerator[Served]:
    async with serving(answering(HELLO)) as served:
        yield served


async def test_nobody_there_is_refused(pool: Pool, dead: Address) -> None:
    assert await fault(pool, f"http://127.0.0.1:{dead[4][1]}/") is Fault.REFUSED


async def test_a_connection_that_is_never_made_is_slow(pool: Pool, mute: Address) -> None:
    assert await fault(pool, f"http://127.0.0.1:{mute[4][1]}/", timeouts=HASTY) is Fault.SLOW


async def test_an_unknown_name_is_told(pool: Pool) -> None:
    assert await fault(pool, "http://nowhere.invalid/") is Fault.NAME
    assert await fault(pool, f"http://{'a' * 70}.invalid/") is Fault.NAME


async def test_addresses_race_and_none_waits_for_a_mute_one(dead: Address, mute: Address) -> None:
    async with serving(answering(HELLO)) as served:
        alive = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", served.port))
        for addresses in ([alive], [dead, alive], [mute, alive], [mute, dead, mute, alive], [alive, mute]):
            async with asyncio.timeout(5):
                link = await first_link(addresses)
            assert link.getpeername()[1] == served.port
            link.close()


async def test_an_address_that_is_not_admitted_is_not_connected_to(alive: Served) -> None:
    judged = []

    def admits(address: str) -> bool:
        judged.append(address)
        return False

    pool = Pool(admits=admits)
    for host in ("127.0.0.1", "localhost", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]"):
        assert await fault(pool, f"http://{host}:{alive.port}/") is Fault.FORBIDDEN
    await pool.close()
    assert alive.lines == 0
    assert set(judged) <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


async def test_what_is_admitted_is_connected_to_beside_what_is_not(alive: Served) -> None:
    pool = Pool(admits=lambda address: address == "127.0.0.1")
    assert await got(pool, f"http://localhost:{alive.port}/") == (200, b"hello")
    await pool.close()


async def test_without_any_address_that_answers_the_first_reason_is_told(dead: Address) -> None:
    with pytest.raises(ConnectionRefusedError):
        await first_link([dead, dead, dead])


async def test_a_race_that_is_given_up_leaves_nothing_open(mute: Address) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.4):
            await first_link([mute, mute, mute])
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


async def test_a_name_of_two_families_is_reached_by_the_one_that_is_served(pool: Pool) -> None:
    async with serving(answering(HELLO)) as served:
        assert await got(pool, f"http://localhost:{served.port}/") == (200, b"hello")


async def test_a_rush_asks_for_a_name_once_and_all_are_answered(pool: Pool) -> None:
    async with serving(answering(HELLO)) as served:
        url = f"http://localhost:{served.port}/"
        found = await asyncio.gather(*(got(pool, url, timeouts=Timeouts(connect_s=20, idle_s=20)) for _ in range(50)))
    assert found == [(200, b"hello")] * 50
