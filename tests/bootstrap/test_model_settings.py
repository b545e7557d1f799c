"""Aliases, deployments and facts about models, from the file and the environment to the catalogue."""

import json
from datetime import date
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from tests.fakes import FakeUpstream
from tests.serving import provider_environment

from chimera.bootstrap.gateway import open_gateway
from chimera.bootstrap.model_settings import ModelEntry
from chimera.bootstrap.parts.knowledge import vendor_of
from chimera.bootstrap.providers import connections
from chimera.bootstrap.settings import Settings, SettingsError, load
from chimera.gateway.knowledge import SELF_HOSTED, Rates

KEYS = {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"}
IN_FILE = """
[aliases]
"gpt-4" = "openai/gpt-5"

[[deployments]]
name = "fast"
targets = [{ model = "openai/gpt-5", weight = 3 }, { model = "anthropic/claude-sonnet-5-5" }]

[[models]]
id = "openai/gpt-5"
context_tokens = 1000
price_input_usd_per_mtok = 0.1
price_output_usd_per_mtok = 10
retires_on = 2027-01-31
"""


def in_file(folder: Path, text: str) -> Settings:
    file = folder / "chimera.toml"
    file.write_text(text, encoding="utf-8")
    return load({"CHIMERA_CONFIG": str(file)})


def in_environment() -> Settings:
    targets = [{"model": "openai/gpt-5", "weight": 3}, {"model": "anthropic/claude-sonnet-5-5"}]
    facts = {"id": "openai/gpt-5", "context_tokens": 1000, "retires_on": "2027-01-31"}
    prices = {"price_input_usd_per_mtok": 0.1, "price_output_usd_per_mtok": 10}
    return load(
        {
            "CHIMERA_ALIASES": '{"gpt-4": "openai/gpt-5"}',
            "CHIMERA_DEPLOYMENTS": json.dumps([{"name": "fast", "targets": targets}]),
            "CHIMERA_MODELS": json.dumps([facts | prices]),
        }
    )


def test_the_environment_says_in_json_what_the_file_says_in_tables(tmp_path: Path) -> None:
    told, written = in_environment(), in_file(tmp_path, IN_FILE)
    assert (told.aliases, told.deployments, told.models) == (written.aliases, written.deployments, written.models)


def test_a_price_is_read_exactly(tmp_path: Path) -> None:
    (entry,) = in_file(tmp_path, IN_FILE).models
    facts = entry.facts()
    assert entry.rates == Rates(input=100_000_000, output=10_000_000_000)
    assert facts.retires_on == date(2027, 1, 31)
    assert facts.price is not None
    assert not facts.price.free
    free = ModelEntry(id="openai/gpt-5", price_input_usd_per_mtok=0, price_output_usd_per_mtok=0).facts()
    assert free.price is not None
    assert free.price.free
    assert ModelEntry(id="openai/gpt-5", context_tokens=1).facts().price is None


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("ALIASES", {"a": "a"}, "The alias 'a' leads back to itself"),
        ("ALIASES", {"a": "gemini/x"}, "no provider 'gemini' is configured. There are: anthropic, "),
        ("DEPLOYMENTS", [{"name": "d", "targets": [{"model": "gpt-5"}]}], "'gpt-5', which is no model's id"),
        ("DEPLOYMENTS", [{"name": "d", "targets": [{"model": "openai/m"}]}] * 2, "Two deployments are named 'd'"),
        ("MODELS", [{"id": "gpt-5"}], "'gpt-5' is of no configured provider"),
        ("MODELS", [{"id": "openai/m"}] * 2, "'openai/m' is described twice"),
    ],
)
def test_what_leads_nowhere_stops_the_start_and_says_what_to_do(name: str, value: object, fault: str) -> None:
    settings = load({f"CHIMERA_{name}": json.dumps(value)})
    with pytest.raises(SettingsError) as raised:
        connections(settings, KEYS)
    assert any(fault in told for told in raised.value.faults)


def test_a_mistyped_key_of_a_table_is_named_without_a_guess(tmp_path: Path) -> None:
    text = '[[deployments]]\nname = "fast"\ntargets = [{ model = "openai/gpt-5", weigth = 3 }]\n'
    with pytest.raises(SettingsError) as raised:
        in_file(tmp_path, text)
    (fault,) = raised.value.faults
    assert fault.endswith("(0.targets.0.weigth): there is no such setting.")


async def test_names_and_facts_reach_the_catalogue(fake: FakeUpstream) -> None:
    settings = in_environment()
    variables = provider_environment(fake, "openai", "anthropic")
    async with open_gateway(settings, variables, CollectorRegistry()) as gateway:
        await gateway.keeper.refresh()
        listed = {entry.id: entry for entry in gateway.keeper.current.listed()}
        assert gateway.default_model("fast") == "fast"
        assert gateway.default_model("gpt-5") == "openai/gpt-5"
    assert listed["gpt-4"].card.context_tokens == 1000
    assert [share.weight for share in listed["fast"].shares] == [3, 1]
    known = listed["openai/gpt-5"].knowledge
    assert known is not None
    assert known.sources["context_tokens"] == known.sources["price"] == "configuration"
    assert known.sources["knowledge_cutoff"].startswith("models.dev ")
    sonnet = listed["anthropic/claude-sonnet-5-5"].knowledge
    assert sonnet is not None
    assert sonnet.sources["price"].startswith("genai-prices ")


@pytest.mark.parametrize(
    ("variables", "vendor"),
    [
        ({"OPENAI_API_KEY": "k"}, "openai"),
        ({"GEMINI_API_KEY": "k"}, "google"),
        ({"OLLAMA_BASE_URL": "http://gpu-1:11434"}, SELF_HOSTED),
        ({"OLLAMA_BASE_URL": "http://192.168.1.5:11434"}, SELF_HOSTED),
        ({"OLLAMA_BASE_URL": "https://ollama.com", "OLLAMA_API_KEY": "k"}, None),
        ({"OLLAMA_BASE_URL": "https://ollama.example.com"}, None),
        ({"OPENAI_COMPATIBLE_BASE_URL": "https://api.groq.com/openai/v1"}, "groq"),
        ({"OPENAI_COMPATIBLE_BASE_URL": "http://gpu-1:8000/v1"}, None),
    ],
)
def test_prices_are_those_of_who_charges_and_unknown_where_nobody_knows(
    variables: dict[str, str], vendor: str | None
) -> None:
    kind = next(iter(variables)).partition("_BASE")[0].partition("_API")[0].lower()
    found = connections(load({"CHIMERA_LOCAL_MODEL": "off"}), variables)
    (mine,) = (one for one in found if one.kind == kind)
    assert vendor_of(mine) == vendor
