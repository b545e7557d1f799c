"""The reference is complete: a setting, variable, command, flag or status that it leaves out fails here."""

import re
from pathlib import Path

import pytest
import typer

from chimera.bootstrap.cli import app
from chimera.bootstrap.cli.chat import run as chat
from chimera.bootstrap.cli.doctor import report
from chimera.bootstrap.providers import connections
from chimera.bootstrap.settings import CONFIG, PREFIX, Settings, load
from chimera.kit.loading import available
from chimera.kit.loading import load as load_adapter
from chimera.llm import HealthStatus

DOCS = Path(__file__).parents[2] / "docs"
SETTINGS = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
CLI = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
TROUBLE = (DOCS / "guides" / "troubleshooting.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    (row,) = (line for line in SETTINGS.splitlines() if f"| `{name}` |" in line and line.count("|") == 5)
    if name != "providers":
        assert f"`{PREFIX}{name.upper()}`" in row
    default = Settings.model_fields[name].default
    if isinstance(default, str | int | float | Path) and default:
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        assert f"| `{shown}` |" in row


def test_nothing_is_documented_that_does_not_exist() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {CONFIG}
    told = {name for text in (SETTINGS, CLI, TROUBLE) for name in re.findall(r"CHIMERA_[A-Z_]*[A-Z]", text)}
    assert told <= known


@pytest.mark.parametrize("kind", available("providers"))
def test_every_variable_and_setting_of_a_provider_is_documented(kind: str) -> None:
    module = load_adapter("providers", kind)
    missing = [name for name in module.ENVIRONMENT if f"`{name}`" not in SETTINGS]
    missing += [name for name in module.Settings.model_fields if f"`{name}`" not in SETTINGS]
    assert missing == []
    assert f"`{kind}`" in SETTINGS
    address = module.Settings.model_fields["base_url"].default
    assert kind == "local" or not address or f"`{address}`" in SETTINGS


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", SETTINGS, flags=re.DOTALL))
def test_the_files_shown_can_be_used(tmp_path: Path, example: str) -> None:
    file = tmp_path / "chimera.toml"
    file.write_text(example.replace("…", "x"), encoding="utf-8")
    settings = load({"CHIMERA_CONFIG": str(file)})
    described = [one.name for one in connections(settings, {}) if one.in_file]
    assert len(described) == len(settings.providers)
    assert all(model.partition("/")[0] in described for model in settings.fallbacks)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_flag_is_documented(command: str) -> None:
    section = CLI.partition(f"\n## chimera {command}\n")[2].partition("\n## ")[0]
    assert f"[`chimera {command}`](#chimera-{command})" in CLI
    flags = [flag for parameter in COMMANDS[command].params for flag in parameter.opts if flag.startswith("--")]
    assert [flag for flag in flags if flag != "--help" and f"`{flag}`" not in section] == []


def test_every_command_of_a_talk_is_documented() -> None:
    assert all(f"`{command}`" in CLI for command in set(re.findall(r"/[a-z]+", chat._HELP)))


def test_every_status_of_a_provider_is_documented() -> None:
    statuses = {*HealthStatus, *report._IN_WORDS, "silent", "unconfigured"}
    assert [status for status in statuses if f"| `{status}` |" not in CLI] == []
    faults = statuses - {"ok", "unconfigured"}
    assert [status for status in faults if f"| `{status}`" not in TROUBLE] == []
