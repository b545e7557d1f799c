"""The doctor tells every trouble from every other, at every provider, and says what to do."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.bootstrap.terminal import KINDS, LOOKUPS, at, statuses, typed
from tests.fakes import FakeUpstream, Fault

from chimera.kit.loading import load

Environment = dict[str, str]
ADDRESSES = ("_BASE_URL", "_ENDPOINT")


def with_a_wrong_key(fake: FakeUpstream) -> Environment:
    keys = {"OLLAMA_API_KEY": "bad", "LM_STUDIO_API_KEY": "bad"}
    return {name: "bad" if name.endswith("_API_KEY") else value for name, value in (at(fake) | keys).items()}


def with_a_wrong_address(fake: FakeUpstream) -> Environment:
    return {name: f"{fake.url}/x" if name.endswith(ADDRESSES) else value for name, value in at(fake).items()}


def with_nobody_there(fake: FakeUpstream) -> Environment:
    return {name: value.replace(fake.url, fake.unreachable_url) for name, value in at(fake).items()}


def with_fault(fault: Fault) -> Callable[[FakeUpstream], Environment]:
    def scripted(fake: FakeUpstream) -> Environment:
        for kind in KINDS:
            for operation in LOOKUPS:
                fake.next(fault, fault, flavour=kind, operation=operation)
        return at(fake)

    return scripted


TROUBLES: dict[str, tuple[Callable[[FakeUpstream], Environment], str, str]] = {
    "wrong key": (with_a_wrong_key, "unauthenticated", "api_key"),
    "wrong address": (with_a_wrong_address, "misaddressed", "base_url"),
    "a web page": (with_fault(Fault.GARBAGE), "misaddressed", "base_url"),
    "refused": (with_nobody_there, "unreachable", "base_url"),
    "429": (with_fault(Fault.RATE_LIMITED), "rate_limited", ""),
    "500": (with_fault(Fault.SERVER_ERROR), "unavailable", ""),
    "503": (with_fault(Fault.UNAVAILABLE), "unavailable", ""),
    "403": (with_fault(Fault.FORBIDDEN), "forbidden", ""),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_each_trouble_has_its_own_status_at_every_provider(
    trouble: str, fake: FakeUpstream, small_house: Environment
) -> None:
    make, status, field = TROUBLES[trouble]
    env = small_house | make(fake)
    ended = await typed("doctor", "--json", env=env)
    assert statuses(ended) == dict.fromkeys(KINDS, status)
    assert ended.code == 1
    for provider in ended.json["providers"]:
        assert provider["level"] == "fault"
        assert provider["models"] is None
        if field:
            named = {
                name for name, filled in load("providers", provider["kind"]).ENVIRONMENT.items() if filled == field
            }
            assert any(f"Set {name} to" in provider["detail"] for name in named & env.keys())


async def test_when_to_try_again_is_said(fake: FakeUpstream, small_house: Environment) -> None:
    fake.next(Fault.RATE_LIMITED, flavour="openai", operation=LOOKUPS[0])
    ended = await typed("doctor", "--json", "--provider", "openai", env=small_house | at(fake, "openai"))
    assert "try again in 2 s" in ended.json["providers"][0]["detail"]


async def test_a_healthy_provider_tells_models_address_and_limits(fake: FakeUpstream, small_house: Environment) -> None:
    env = small_house | at(fake)
    ended = await typed("doctor", "--json", env=env)
    assert statuses(ended) == dict.fromkeys(KINDS, "ok")
    assert ended.code == 0
    by_name: dict[str, Any] = {provider["name"]: provider for provider in ended.json["providers"]}
    openai = by_name["openai"]
    assert openai["models"] == 3
    assert openai["address"] == env["OPENAI_BASE_URL"]
    assert openai["variables"] == ["OPENAI_API_KEY", "OPENAI_BASE_URL"]
    assert "x-ratelimit-remaining-requests" in openai["limits"]
    assert "anthropic-ratelimit-requests-remaining" in by_name["anthropic"]["limits"]
    in_words = await typed("doctor", env=env)
    assert "All that is configured is well." in in_words.out
    assert "works, 2 chat models, 1 embedding model" in in_words.out
    assert " of 500" in in_words.out


async def test_all_providers_are_asked_at_once(fake: FakeUpstream, small_house: Environment) -> None:
    """Each waits for the other here, which only ends when both are asked."""
    fake.next(Fault.SLOW_HEADERS, flavour="openai", operation=LOOKUPS[0])
    ended = await typed("doctor", "--json", env=small_house | at(fake, "openai", "anthropic"))
    order = [one.flavour for one in fake.requests]
    assert statuses(ended)["openai"] == "ok"
    assert order.index("anthropic") < len(order) - 1 - order[::-1].index("openai")


async def test_a_key_in_a_second_variable_is_called_by_it(fake: FakeUpstream, small_house: Environment) -> None:
    env = {"GEMINI_API_KEY": "bad", "GOOGLE_BASE_URL": fake.base_url("gemini")}
    ended = await typed("doctor", "--json", "--provider", "gemini", env=small_house | env)
    assert "Set GEMINI_API_KEY to" in ended.json["providers"][0]["detail"]


async def test_a_connection_of_the_file_is_mended_in_the_file(
    fake: FakeUpstream, small_house: Environment, tmp_path
) -> None:
    file = tmp_path / "chimera.toml"
    table = f'[[providers]]\nkind = "openai"\nname = "work"\napi_key = "bad"\nbase_url = "{fake.base_url("openai")}"\n'
    file.write_text(table)
    ended = await typed("doctor", "--json", "--provider", "work", env=small_house | {"CHIMERA_CONFIG": str(file)})
    detail = ended.json["providers"][0]["detail"]
    assert f"Set `api_key` of work in {file} to" in detail
    assert "OPENAI_API_KEY" not in detail


async def test_what_is_not_configured_is_named_with_what_would_add_it(small_house: Environment) -> None:
    ended = await typed("doctor", "--json", env=small_house)
    missing = {one["name"]: one["variables"] for one in ended.json["providers"] if one["status"] == "unconfigured"}
    assert missing["openai"] == ["OPENAI_API_KEY"]
    assert missing["azure"] == ["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"]
    assert missing["openai_compatible"] == ["OPENAI_COMPATIBLE_BASE_URL"]
    assert ended.code == 0


async def test_half_a_configuration_is_a_fault(small_house: Environment) -> None:
    ended = await typed("doctor", "--json", env=small_house | {"AZURE_OPENAI_API_KEY": "key"})
    azure = next(one for one in ended.json["providers"] if one["name"] == "azure")
    assert (azure["status"], azure["level"], ended.code) == ("incomplete", "fault", 1)
    assert "AZURE_OPENAI_ENDPOINT" in azure["detail"]


async def test_a_local_server_that_nobody_asked_for_may_be_silent(small_house: Environment) -> None:
    ended = await typed("doctor", "--json", env=small_house)
    assert {one["name"]: one["status"] for one in ended.json["providers"]}["ollama"] == "silent"
    assert ended.code == 0


async def test_a_local_server_that_was_asked_for_must_answer(fake: FakeUpstream, small_house: Environment) -> None:
    env = small_house | {"OLLAMA_BASE_URL": fake.unreachable_url}
    ended = await typed("doctor", "--json", "--provider", "ollama", env=env)
    assert statuses(ended) == {"ollama": "unreachable"}
    assert ended.code == 1


async def test_a_server_without_models_is_told_to_get_some(fake: FakeUpstream, small_house: Environment) -> None:
    env = at(fake, "azure") | {"AZURE_OPENAI_DEPLOYMENTS": ""}
    ended = await typed("doctor", "--json", "--provider", "azure", env=small_house | env)
    azure = ended.json["providers"][0]
    assert (azure["level"], azure["models"], ended.code) == ("note", 0, 0)
    assert "AZURE_OPENAI_DEPLOYMENTS" in azure["detail"]


async def test_a_list_that_cannot_be_read_is_told_apart(fake: FakeUpstream, small_house: Environment) -> None:
    fake.next(Fault.GARBAGE, flavour="openrouter", operation=LOOKUPS[0])
    ended = await typed("doctor", "--json", "--provider", "openrouter", env=small_house | at(fake, "openrouter"))
    assert statuses(ended) == {"openrouter": "unlisted"}
    assert ended.code == 1


async def test_one_provider_can_be_asked_alone(fake: FakeUpstream, small_house: Environment) -> None:
    ended = await typed("doctor", "--json", "--provider", "openai", env=small_house | at(fake))
    assert [one["name"] for one in ended.json["checks"]] == ["settings"]
    assert statuses(ended) == {"openai": "ok"}
    assert {one.flavour for one in fake.requests} == {"openai"}


async def test_a_provider_asked_for_by_name_must_be_configured(small_house: Environment) -> None:
    ended = await typed("doctor", "--provider", "openai", env=small_house)
    assert ended.code == 1
    assert "OPENAI_API_KEY" in ended.out


async def test_a_local_server_asked_for_by_name_must_run(small_house: Environment) -> None:
    ended = await typed("doctor", "--json", "--provider", "ollama", env=small_house)
    assert (statuses(ended), ended.code) == ({"ollama": "silent"}, 1)


async def test_a_provider_whose_settings_cannot_be_used_is_told_with_them(small_house: Environment) -> None:
    ended = await typed("doctor", "--provider", "openai", env=small_house | {"OPENAI_BASE_URL": "nonsense"})
    assert ended.code == 1
    assert "OPENAI_BASE_URL: must begin with http:// or https://" in ended.out


async def test_a_provider_that_does_not_exist_is_guessed(small_house: Environment) -> None:
    ended = await typed("doctor", "--provider", "opnai", env=small_house)
    assert ended.code == 1
    assert "Did you mean openai?" in ended.err


async def test_secrets_are_not_shown(fake: FakeUpstream, small_house: Environment) -> None:
    env = with_a_wrong_key(fake) | {"OPENAI_API_KEY": "sk-secret-4711"}
    env |= {"OLLAMA_API_KEY": "", "OLLAMA_BASE_URL": fake.base_url("ollama").replace("//", "//user:hidden@")}
    ended = await typed("doctor", "--json", env=small_house | env)
    assert "sk-secret-4711" not in ended.out
    assert "hidden" not in ended.out
