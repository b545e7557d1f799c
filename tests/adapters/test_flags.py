"""Flags switch optional stages for some organisations, and a vendor's provider can say for whom."""

from collections.abc import AsyncGenerator, Mapping
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openfeature.api import get_client, set_provider_and_wait
from openfeature.evaluation_context import EvaluationContext
from pydantic import ValidationError
from tests.fakes.server import FakeUpstream
from tests.serving import provider_environment, running

from chimera.adapters.flags.settings import Rollout, Settings, connect
from chimera.bootstrap.flag_settings import FlagsEntry
from chimera.gateway.resilience.flags import FLAGS, Flag, Flags
from chimera.kit import loading

ASKED = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hello"}]}
TRIED = {"name": "try", "model": "openai/gpt-5", "challenger": "openai/gpt-4o-mini", "share": 1.0}


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}) as upstream:
        yield upstream


@given(st.uuids(), st.floats(0, 100), st.floats(0, 100))
def test_whoever_has_a_flag_keeps_it_when_more_get_it(tenant: UUID, one: float, other: float) -> None:
    fewer, more = sorted((one, other))
    if Rollout(percent=fewer).admits("hedge", str(tenant)):
        assert Rollout(percent=more).admits("hedge", str(tenant))


def test_a_percentage_admits_about_so_many_and_those_named_whatever_it_says() -> None:
    tenants = [uuid4() for _ in range(2000)]
    admitted = [tenant for tenant in tenants if Rollout(percent=20).admits("hedge", str(tenant))]
    assert len(admitted) == pytest.approx(400, abs=90)
    named = Rollout(percent=0, on=frozenset(tenants[:1]), off=frozenset(tenants[1:2]))
    assert named.admits("hedge", str(tenants[0]))
    assert not Rollout(percent=100, off=named.off).admits("hedge", str(tenants[1]))


def test_the_provider_serves_openfeature_s_own_client() -> None:
    set_provider_and_wait(connect(Settings(flags={"hedge": Rollout(percent=100)})), domain="chimera-tests")
    client, context = get_client("chimera-tests"), EvaluationContext(targeting_key=str(uuid4()))
    assert client.get_boolean_value("hedge", False, context) is True
    assert client.get_boolean_value("unknown", False, context) is False
    assert client.get_string_value("hedge", "no such type", context) == "no such type"


def test_an_answer_is_remembered_for_a_while() -> None:
    now, asked = [0.0], list[str]()

    def evaluate(flag: Flag, _tenant: UUID) -> bool:
        asked.append(flag)
        return len(asked) > 1

    flags, tenant = Flags(evaluate=evaluate, clock=lambda: now[0]), uuid4()
    assert [flags.is_on("cache", tenant) for _ in range(3)] == [False] * 3
    now[0] += flags.recheck_s
    assert flags.is_on("cache", tenant)
    assert asked == ["cache", "cache"]


def test_a_flag_that_does_not_exist_stops_the_start() -> None:
    assert set(FLAGS) < set(FlagsEntry.model_fields)
    with pytest.raises(ValidationError):
        FlagsEntry.model_validate({"chace": 10})
    assert FlagsEntry.model_validate({"hedge": 10}).rollouts["hedge"]["percent"] == 10


async def answered_by(sqlite_url: str, fake: FakeUpstream, flags: Mapping[str, Any], tmp_path) -> str:
    settings = {"data_dir": tmp_path, "flags": flags}
    async with (
        running(sqlite_url, provider_environment(fake, "openai"), settings) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=20) as http,
    ):
        assert (await http.put("/api/v1/policies/experiments", json={"running": [TRIED]})).is_success
        return (await http.post("/v1/chat/completions", json=ASKED)).headers["x-chimera-model"]


@pytest.mark.parametrize(("percent", "model"), [(100, "openai/gpt-4o-mini"), (0, "openai/gpt-5")])
async def test_a_stage_is_on_for_those_who_have_its_flag(
    sqlite_url: str, fake: FakeUpstream, tmp_path, percent: int, model: str
) -> None:
    assert await answered_by(sqlite_url, fake, {"experiments": percent}, tmp_path) == model


class _Vendor(ModuleType):
    """What a third party ships: `Settings` and `connect`, and a provider that fails for one flag."""

    @staticmethod
    def Settings(**options: Any) -> dict[str, Any]:  # noqa: N802 (the name that adapters have)
        return options

    @staticmethod
    def connect(settings: dict[str, Any]) -> Any:
        return connect(Settings(flags={name: Rollout(percent=0) for name in settings["off"]}))


async def test_a_vendor_s_provider_is_found_by_its_entry_point(
    sqlite_url: str, fake: FakeUpstream, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Entry:
        name, value = "vendor", "vendor"

        def load(self) -> ModuleType:
            return _Vendor("vendor")

    found = loading._third_party

    def with_vendor(port: str) -> Mapping[str, Any]:
        return {"vendor": Entry()} if port == "flags" else found(port)

    monkeypatch.setattr(loading, "_third_party", with_vendor)
    flags = {"provider": "vendor", "options": {"off": ["experiments"]}}
    assert await answered_by(sqlite_url, fake, flags, tmp_path) == "openai/gpt-5"
