"""What narrows keys, compared. Properties are checked against what the bounds mean, not how they are written."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.kit.errors import InvalidRequestError
from chimera.tenancy.errors import PermissionDeniedError
from chimera.tenancy.keys.bounds import Bounds, models_within, moved, narrowest, networks_read

PATTERNS = st.lists(st.text("ab/", min_size=0, max_size=3).flatmap(lambda text: st.sampled_from([text + "*", text])))
MODELS = st.text("ab/", max_size=4)
NETWORKS = st.builds(
    lambda number, bits: str(ip_network((number, bits), strict=False)),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)
ADDRESSES = st.integers(0, 2**32 - 1).map(ip_address)


def admits(patterns: tuple[str, ...] | list[str], model: str) -> bool:
    return any(model.startswith(one[:-1]) if one.endswith("*") else model == one for one in patterns)


@given(PATTERNS, PATTERNS, MODELS)
def test_what_lies_within_other_models_admits_no_further_one(narrow: list[str], wide: list[str], model: str) -> None:
    if models_within(narrow, wide) and admits(narrow, model):
        assert admits(wide, model)


@given(st.lists(PATTERNS, min_size=1, max_size=3), MODELS)
def test_the_narrowest_list_admits_what_all_lists_do(lists: list[list[str]], model: str) -> None:
    together = narrowest(lists)
    assert together is not None
    assert admits(together, model) == all(admits(patterns, model) for patterns in lists)


@given(st.lists(NETWORKS, min_size=1, max_size=3), st.lists(NETWORKS, min_size=1, max_size=3), ADDRESSES)
def test_networks_of_a_key_reach_no_further_than_those_it_was_made_with(
    narrow: list[str], wide: list[str], address: IPv4Address | IPv6Address
) -> None:
    own, limit = Bounds(networks=tuple(narrow)), Bounds(networks=tuple(wide))
    try:
        made = own.within(limit)
    except PermissionDeniedError:
        return
    if any(address in ip_network(text) for text in made.networks or ()):
        assert any(address in ip_network(text) for text in wide)


def test_what_is_left_out_is_as_narrow_as_the_limit() -> None:
    limit = Bounds(models=("a/*",), networks=("192.0.2.0/24",), requests_per_minute=5, tokens_per_minute=50)
    assert Bounds().within(limit) == limit
    assert Bounds(models=("a/b",), requests_per_minute=3).within(limit) == Bounds(
        models=("a/b",), networks=("192.0.2.0/24",), requests_per_minute=3, tokens_per_minute=50
    )
    assert Bounds().within(Bounds()) == Bounds()


@pytest.mark.parametrize(
    "wider",
    [
        Bounds(models=("a/*", "b")),
        Bounds(models=("*",)),
        Bounds(networks=("192.0.0.0/16",)),
        Bounds(networks=("::/0",)),
        Bounds(requests_per_minute=6),
        Bounds(tokens_per_minute=51),
    ],
    ids=str,
)
def test_nothing_is_wider_than_its_limit(wider: Bounds) -> None:
    limit = Bounds(models=("a/*",), networks=("192.0.2.0/24",), requests_per_minute=5, tokens_per_minute=50)
    with pytest.raises(PermissionDeniedError):
        wider.within(limit)
    with pytest.raises(PermissionDeniedError):
        moved(Bounds(), wider, limit)


def test_what_is_not_touched_stays_however_wide() -> None:
    present, limit = Bounds(requests_per_minute=100), Bounds(requests_per_minute=5, models=("a",))
    assert moved(present, present, limit) == present
    assert moved(present, Bounds(requests_per_minute=100, tokens_per_minute=1), limit).requests_per_minute == 100
    assert moved(present, Bounds(), limit).requests_per_minute == 5


def test_networks_are_kept_in_one_spelling() -> None:
    assert networks_read(["192.0.2.7/24", "192.0.2.0/24", "192.0.2.9", "2001:DB8::1/32"]) == (
        "192.0.2.0/24",
        "192.0.2.9/32",
        "2001:db8::/32",
    )
    for text in ("192.0.2.0/33", "localhost", "::ffff:192.0.2.1", "::ffff:0:0/96", "1.2.3"):
        with pytest.raises(InvalidRequestError):
            networks_read([text])
