"""No fetcher reaches inside: whatever the address is written like, whatever its name resolves to, wherever it leads."""

import re
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from chimera.adapters.fetchers.http import HttpFetcher, onward
from chimera.adapters.fetchers.http import Settings as FetcherSettings
from chimera.adapters.gate import Rules
from chimera.adapters.webhook_senders.http import HttpSender
from chimera.adapters.webhook_senders.http import Settings as SenderSettings
from chimera.kit.addresses import is_public
from chimera.kit.fetching import Fetched, FetchError, Outgoing
from chimera.webhooks.addresses import check_url
from chimera.webhooks.errors import WebhookAddressError
from chimera.webhooks.sending import Post

HERE = Path(__file__).parents[1]
CORPUS = [
    line
    for line in (HERE / "data" / "inner_addresses.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]
SOURCE = HERE.parent / "src" / "chimera"
# Whoever opens connections to elsewhere, and why what it asks is not an address that a user gave.
WAYS_OUT = {
    "adapters/gate.py": "the gate itself",
    "transport/dialling.py": "providers, whose addresses the operator sets; of organisations' own each is judged first",
    "adapters/mailers/smtp.py": "the mail server, whose address the operator sets",
}
CONNECTS = re.compile(
    r"\.(?:ClientSession|TCPConnector)\(|aiohttp\.request\(|open_connection\(|create_connection\(|urlopen\(|HTTPSConnection\("
    r"|httpx\.|requests\.(?:get|post)\(|aiosmtplib|smtplib\.SMTP"
)


async def fetched(url: str, rules: Rules | None = None, redirects: int = 5) -> str:
    """The trouble of the fetcher, or its status."""
    try:
        answer = await HttpFetcher(FetcherSettings(timeout_s=3), rules).fetch(Outgoing(url=url, redirects=redirects))
    except FetchError as error:
        return error.trouble
    return str(answer.status)


async def sent(url: str, rules: Rules | None = None) -> str:
    heard = await HttpSender(SenderSettings(timeout_s=3), rules).send(Post(url=url, body=b"{}", headers={}))
    return str(heard.status or heard.trouble)


FETCHERS = [fetched, sent]


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) > 100
    assert len(set(CORPUS)) == len(CORPUS)


@pytest.mark.parametrize("fetch", FETCHERS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("url", CORPUS)
async def test_nothing_inside_is_asked(url: str, fetch: Callable[[str], Awaitable[str]]) -> None:
    assert await fetch(url) == "address_refused"


@pytest.mark.parametrize("url", CORPUS)
def test_nothing_inside_is_taken_for_a_webhook(url: str) -> None:
    with pytest.raises(WebhookAddressError):
        check_url(url)


class Names(AbstractResolver):
    """Answers as it is told: each time with the next of a name's addresses."""

    def __init__(self, answers: Mapping[str, list[str]]) -> None:
        self.answers = {name: list(addresses) for name, addresses in answers.items()}

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        addresses = self.answers[host]
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
        ]

    async def close(self) -> None: ...


class Place:
    """A server of this machine, which stands for the internet; 127.0.0.2 stands for what lies inside."""

    def __init__(self, runner: web.AppRunner) -> None:
        self.runner = runner
        self.reached: list[str] = []

    @property
    def port(self) -> int:
        return int(self.runner.addresses[0][1])


@pytest.fixture
async def place() -> AsyncGenerator[Place]:
    async def answer(request: web.Request) -> web.Response:
        found.reached.append(request.host)
        return web.Response(text="inside")

    async def lead(request: web.Request) -> web.Response:
        return web.Response(status=int(request.query["status"]), headers={"location": request.query["to"]})

    app = web.Application()
    app.add_routes([web.route("*", "/secret", answer), web.route("*", "/lead", lead)])
    runner = web.AppRunner(app)
    found = Place(runner)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()  # all of 127.0.0.0/8
    yield found
    await runner.cleanup()


def outside(resolver: AbstractResolver | None = None) -> Rules:
    """127.0.0.1 is the internet, and nothing else is."""
    return Rules(admits=lambda address: address == "127.0.0.1", insecure=True, resolver=resolver)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.2:{port}/secret", "//127.0.0.2:{port}/secret", "http://2130706434:{port}/secret",
        "http://0x7f.2:{port}/secret", "http://[::ffff:127.0.0.2]:{port}/secret", "http://localhost:{port}/secret",
        "http://a@127.0.0.1:{port}/secret", "file:///etc/passwd", "gopher://127.0.0.1:{port}/_x", "ftp://127.0.0.1/",
        "http://127.0.0.1:0/",
    ],
)  # fmt: skip
async def test_no_redirect_leads_inside(place: Place, to: str, status: int) -> None:
    target = to.replace("{port}", str(place.port))
    url = f"http://127.0.0.1:{place.port}/lead?status={status}&to={target.replace('&', '%26')}"
    assert await fetched(url, outside()) in {"address_refused", "unreachable"}
    assert await sent(url, outside()) == str(status), "a webhook follows nothing"
    assert place.reached == []


async def test_what_is_admitted_is_reached_through_a_redirect(place: Place) -> None:
    url = f"http://127.0.0.1:{place.port}/lead?status=302&to=/secret"
    assert await fetched(url, outside()) == "200"
    assert len(place.reached) == 1


@pytest.mark.parametrize("fetch", FETCHERS, ids=lambda one: one.__name__)
async def test_a_name_that_changes_its_mind_is_judged_when_it_is_connected_to(place: Place, fetch: Any) -> None:
    names = Names(
        {"good.example": ["127.0.0.1"], "bad.example": ["127.0.0.2"], "rebinds.example": ["127.0.0.1", "127.0.0.2"]}
    )
    rules = outside(names)
    at = f"http://{{}}:{place.port}/secret"
    assert await fetch(at.format("good.example"), rules) == "200"
    assert await fetch(at.format("bad.example"), rules) == "address_refused"
    assert await fetch(at.format("rebinds.example"), rules) == "200"
    assert await fetch(at.format("rebinds.example"), rules) == "address_refused"
    assert len(place.reached) == 2


async def test_a_redirect_by_name_is_judged_anew(place: Place) -> None:
    names = Names({"rebinds.example": ["127.0.0.1", "127.0.0.2"]})
    url = f"http://rebinds.example:{place.port}/lead?status=307&to=/secret"
    assert await fetched(url, outside(names)) == "address_refused"
    assert place.reached == []


@pytest.mark.parametrize("to", ["http://example.com/", "ftp://example.com/", "//example.com:80/"])
def test_from_https_nothing_leads_to_anything_else(to: str) -> None:
    fetched = Fetched(url="https://example.com/", status=302, headers={"location": to}, body=b"")
    if to.startswith("//"):
        assert onward(Outgoing(url=fetched.url), fetched).url.startswith("https://")
        return
    with pytest.raises(FetchError):
        onward(Outgoing(url=fetched.url), fetched)


def test_credentials_stay_with_the_site_that_they_are_for() -> None:
    fetched = Fetched(url="https://example.com/", status=302, headers={"location": "https://other.example/"}, body=b"")
    headers = {"Authorization": "x", "Cookie": "x", "accept": "x"}
    assert onward(Outgoing(url=fetched.url, headers=headers), fetched).headers == {"accept": "x"}


def test_whoever_connects_to_elsewhere_goes_through_the_gate_or_has_a_reason() -> None:
    found = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if CONNECTS.search(file.read_text(encoding="utf-8"))
    }
    assert found == WAYS_OUT.keys()


def test_addresses_of_the_internet_are_taken() -> None:
    for url in (
        "https://example.com/hook?a=b",
        "https://1.1.1.1:8443/",
        "https://[2606:4700::1111]/",
        "https://a_b.example./",
    ):
        assert check_url(url) == url
    assert is_public("93.184.215.14")
