"""Which providers are connected, by environment and file, and what is said of those that cannot be."""

import pytest

from chimera.bootstrap.providers import Survey, connections, survey
from chimera.bootstrap.settings import Settings, SettingsError


def seen(environment: dict[str, str] | None = None, *entries: dict[str, object], local: str = "off") -> Survey:
    return survey(Settings.model_validate({"providers": entries, "local_model": local}), environment or {})


def names(found: Survey) -> list[str]:
    return [one.name for one in found.found]


def test_only_local_servers_are_looked_for_unasked() -> None:
    assert names(seen()) == ["lmstudio", "ollama"]
    assert all(one.is_guess for one in seen().found)


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"OPENAI_API_KEY": "k"}, "openai"),
        ({"ANTHROPIC_API_KEY": "k"}, "anthropic"),
        ({"GOOGLE_API_KEY": "k"}, "gemini"),
        ({"GEMINI_API_KEY": "k"}, "gemini"),
        ({"DEEPSEEK_API_KEY": "k"}, "deepseek"),
        ({"OPENROUTER_API_KEY": "k"}, "openrouter"),
        ({"AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com"}, "azure"),
        ({"OPENAI_COMPATIBLE_BASE_URL": "http://vllm:8000/v1"}, "openai_compatible"),
        ({"OPENAI_COMPATIBLE_BASE_URL": "http://vllm:8000/v1", "OPENAI_COMPATIBLE_NAME": "vllm"}, "vllm"),
    ],
)
def test_a_key_or_an_address_adds_a_provider(environment: dict[str, str], name: str) -> None:
    found = next(one for one in seen(environment).found if one.name == name)
    assert set(found.variables.values()) == set(environment)
    assert not found.is_guess


@pytest.mark.parametrize(
    ("environment", "kind", "missing"),
    [
        ({"AZURE_OPENAI_API_KEY": "k"}, "azure", ("AZURE_OPENAI_ENDPOINT",)),
        ({"AZURE_OPENAI_ENDPOINT": "https://a"}, "azure", ("AZURE_OPENAI_API_KEY",)),
        ({"OPENAI_BASE_URL": "https://a"}, "openai", ("OPENAI_API_KEY",)),
        ({"OPENAI_API_KEY": "  "}, "openai", ("OPENAI_API_KEY",)),
        ({"OPENAI_COMPATIBLE_API_KEY": "k"}, "openai_compatible", ("OPENAI_COMPATIBLE_BASE_URL",)),
    ],
)
def test_half_a_configuration_is_seen(environment: dict[str, str], kind: str, missing: tuple[str, ...]) -> None:
    absent = next(one for one in seen(environment).absent if one.kind == kind)
    assert absent.missing == missing
    assert absent.given == tuple(environment)


def test_an_entry_of_the_file_takes_the_place_of_the_environment() -> None:
    entry = {"kind": "openai", "api_key": "of-the-file"}
    (found,) = (one for one in seen({"OPENAI_API_KEY": "of-the-environment"}, entry).found if one.kind == "openai")
    assert found.in_file
    assert found.settings.api_key is not None
    assert found.settings.api_key.get_secret_value() == "of-the-file"


def test_a_kind_can_be_connected_more_than_once() -> None:
    entry = {"kind": "openai", "name": "work", "api_key": "k"}
    assert names(seen({"OPENAI_API_KEY": "k"}, entry)) == ["work", "lmstudio", "ollama", "openai"]
    assert "openai" not in [one.kind for one in seen({}, entry).absent]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"kind": "opanai"}, "Did you mean openai?"),
        ({"kind": "anthropic"}, "api_key must be set too."),
        ({"kind": "azure"}, "api_key and base_url must be set too."),
        ({"kind": "openai", "api_key": "k", "colour": "red"}, "colour"),
        ({"kind": "openai", "api_key": "k", "name": "Has Spaces"}, "name"),
        ({"kind": "openai", "api_key": "k", "base_url": "api.openai.com"}, "must begin with http"),
        ({"kind": "openai", "api_key": "k", "base_url": "https://user:word@api.openai.com"}, "login"),
        ({"kind": "openai", "api_key": "k", "connect_timeout_s": 0}, "connect_timeout_s"),
    ],
)
def test_an_entry_that_cannot_be_used_is_told(entry: dict[str, object], said: str) -> None:
    (fault,) = seen({}, entry).faults
    assert fault.startswith(f"[[providers]] kind='{entry['kind']}'")
    assert said in fault


def test_two_of_one_name_are_refused() -> None:
    twice = {"kind": "openai", "api_key": "k"}
    assert "Two providers are named openai" in seen({}, twice, twice).faults[0]


def test_every_fault_stops_the_start_and_all_are_told() -> None:
    settings = Settings.model_validate({"providers": [{"kind": "opanai"}], "local_model": "off"})
    with pytest.raises(SettingsError) as raised:
        connections(settings, {"OPENAI_BASE_URL": "nonsense", "DEEPSEEK_API_KEY": "line\nbreak"})
    assert [fault.split(":")[0].split(" ")[0] for fault in raised.value.faults] == [
        "[[providers]]",
        "DEEPSEEK_API_KEY",
        "OPENAI_BASE_URL",
    ]


@pytest.mark.parametrize("word", ["off", "OFF", "false", "no", "0"])
def test_the_embedded_model_can_be_left_out(word: str) -> None:
    assert "local" not in names(seen(local=word))


@pytest.mark.parametrize("word", ["on", "true", "yes", "1"])
def test_the_embedded_model_comes_last(word: str) -> None:
    assert names(seen({"OPENAI_API_KEY": "k"}, local=word))[-1] == "local"


def test_the_embedded_model_can_be_described_in_the_file() -> None:
    found = seen({}, {"kind": "local", "threads": 2}, local="on")
    assert names(found).count("local") == 1
    assert found.faults == []


def test_a_model_file_that_is_not_there_is_told() -> None:
    (fault,) = seen(local="/nowhere/model.gguf").faults
    assert fault.startswith("CHIMERA_LOCAL_MODEL: ")
