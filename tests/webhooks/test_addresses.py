"""Webhooks go to the public internet only, whatever the address is written like and whatever its name resolves to."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.webhooks.receiver import Receiver, receiving

from chimera.adapters.gate import Rules
from chimera.adapters.webhook_senders import http
from chimera.kit.addresses import is_public
from chimera.webhooks.addresses import check_url
from chimera.webhooks.errors import WebhookAddressError
from chimera.webhooks.sending import Post

INNER = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "192.0.0.192", "168.63.129.16", "224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1",
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::", "2606:4700::5efe:7f00:1", "100::1",
    "", "localhost", "2130706433", "127.1", "0x7f.1",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "64:ff9b::{}"]))
def test_an_address_is_as_public_as_the_one_it_carries(inner: object, form: str) -> None:
    assert is_public(form.format(inner)) == is_public(str(inner))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com",
        "https://",
        "https://user:secret@example.com",
        "https://example.com/#part",
        "https://example.com/a b",
        "https://example.com:99999/",
        "https://exa\u00admple\uff0ecom",
        "https://[::1",
        "https://" + "a" * 2000 + ".com",
        *(f"https://{host}/" for host in INNER if host and ":" not in host and host != "localhost"),
        *(f"https://[{host}]/" for host in INNER if ":" in host),
    ],
)
def test_addresses_that_are_refused_when_they_are_given(url: str) -> None:
    with pytest.raises(WebhookAddressError) as refused:
        check_url(url)
    assert refused.value.field == "url"


def test_addresses_that_are_taken() -> None:
    for url in ("https://example.com/hook?a=b", "https://1.1.1.1:8443/", "https://xn--bcher-kva.example/"):
        assert check_url(url) == url
    assert check_url("http://10.0.0.7:8080/hook", private=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0x7f000001", "[::ffff:127.0.0.1]"])
async def test_nothing_is_sent_to_an_inner_address_however_it_is_written(host: str) -> None:
    async with receiving() as receiver:
        heard = await http.HttpSender(http.Settings(), Rules(insecure=True)).send(at(receiver, host))
        assert (heard.status, heard.is_good, receiver.heard) == (None, False, [])
        assert heard.trouble == "address_refused"


async def test_redirects_are_not_followed() -> None:
    async with receiving() as other, receiving() as receiver:
        receiver.statuses, receiver.headers = [307], {"location": other.url}
        heard = await http.HttpSender(http.Settings(private_networks=True)).send(at(receiver))
        assert (heard.status, heard.is_good, other.heard) == (307, False, [])


async def test_a_receiver_that_holds_on_is_left_after_the_time() -> None:
    async with receiving() as receiver:
        receiver.holds = asyncio.Event()
        heard = await http.HttpSender(http.Settings(private_networks=True, timeout_s=0.05)).send(at(receiver))
        receiver.holds.set()
        assert heard.trouble == "timeout"


async def test_of_an_answer_only_its_beginning_is_kept() -> None:
    async with receiving() as receiver:
        receiver.text = "\x00" + "x" * 1_000_000
        heard = await http.HttpSender(http.Settings(private_networks=True)).send(at(receiver))
        assert len(heard.excerpt) == 1024
        assert "\x00" not in heard.excerpt


async def test_nobody_there_is_told_as_such() -> None:
    async with receiving() as receiver:
        gone = at(receiver)
    sender = http.HttpSender(http.Settings(private_networks=True))
    assert (await sender.send(gone)).trouble == "unreachable"
    assert (await sender.send(Post(url="http://nobody.invalid/", body=b"", headers={}))).trouble == "unreachable"


def at(receiver: Receiver, host: str = "127.0.0.1") -> Post:
    return Post(url=receiver.url.replace("127.0.0.1", host), body=b"{}", headers={"webhook-id": "evt_1"})
