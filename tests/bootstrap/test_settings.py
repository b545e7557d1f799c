"""Settings are read from four places, and every fault is told with what would be right."""

import json
from pathlib import Path

import pytest

from chimera.bootstrap.places import root_key
from chimera.bootstrap.settings import Settings, SettingsError, load

LONG_KEY = "a-long-enough-key-for-the-public"
STRONG = "correct-horse-battery-staple"


def faults(environment: dict[str, str], **flags: object) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        load(environment, flags)
    assert raised.value.message == "\n".join(raised.value.faults)
    return raised.value.faults


def only_fault(environment: dict[str, str], **flags: object) -> str:
    (fault,) = faults(environment, **flags)
    return fault


def file(folder: Path, text: str) -> dict[str, str]:
    path = folder / "chimera.toml"
    path.write_text(text, encoding="utf-8")
    return {"CHIMERA_CONFIG": str(path)}


def test_nothing_needs_to_be_set() -> None:
    settings = load({})
    assert (settings.host, settings.port, settings.is_local) == ("127.0.0.1", 8000, True)
    assert settings.database == "sqlite:///data/chimera.db"


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    written = file(tmp_path, 'port = 1\nhost = "127.0.0.2"\nlog_level = "error"\n')
    settings = load(written | {"CHIMERA_PORT": "2", "CHIMERA_HOST": "127.0.0.3"}, {"port": 3, "host": None})
    assert (settings.port, settings.host, settings.log_level) == (3, "127.0.0.3", "error")


def test_an_empty_variable_is_none(tmp_path: Path) -> None:
    assert load(file(tmp_path, "port = 9000\n") | {"CHIMERA_PORT": "", "CHIMERA_DATABASE_URL": ""}).port == 9000


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CHIMERA_HSOT", "CHIMERA_HOST"),
        ("CHIMERA_DATABASE", "CHIMERA_DATABASE_URL"),
        ("CHIMERA_CONF", "CHIMERA_CONFIG"),
    ],
)
def test_an_unknown_name_is_told_with_the_one_that_was_meant(name: str, meant: str) -> None:
    assert only_fault({name: "x"}) == f"{name}: there is no such setting. Did you mean {meant}?"


def test_other_programs_names_are_none_of_our_business() -> None:
    assert load({"CHIMERAS_PORT": "x", "PORT": "x"}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("HOST", "example.com"),
        ("HOST", "127.0.0.1:8000"),
        ("DATABASE_URL", "mysql://localhost/chimera"),
        ("DATABASE_URL", "chimera.db"),
        ("REDIS_URL", "localhost:6379"),
        ("OWNER_EMAIL", "nobody"),
        ("REQUEST_TIMEOUT_S", "0"),
        ("FIRST_TOKEN_TIMEOUT_S", "soon"),
        ("TENANT_CONCURRENCY", "0"),
        ("PROVIDER_CONCURRENCY", "0"),
        ("MAX_BODY_MB", "0"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("FALLBACKS", '{"openai/gpt-5": '),
        ("ALIASES", '{"gpt-4": '),
        ("ALIASES", '{"gpt-4": ["openai/gpt-5"]}'),
        ("ALIASES", '{"": "openai/gpt-5"}'),
        ("ALIASES", '{"gpt 4 ": "openai/gpt-5"}'),
        ("DEPLOYMENTS", '[{"name": "fast"}]'),
        ("DEPLOYMENTS", '[{"name": "fast", "targets": []}]'),
        ("DEPLOYMENTS", '[{"name": "fast", "targets": [{"model": "openai/gpt-5", "weight": -1}]}]'),
        ("DEPLOYMENTS", '[{"name": "fast", "targets": [{"model": "openai/gpt-5", "wieght": 1}]}]'),
        ("MODELS", '[{"context_tokens": 1000}]'),
        ("MODELS", '[{"id": "openai/gpt-5", "context_tokens": 0}]'),
        ("MODELS", '[{"id": "openai/gpt-5", "price_input_usd_per_mtok": -1}]'),
        ("MODELS", '[{"id": "openai/gpt-5", "price_input_usd_per_mtok": "NaN"}]'),
        ("MODELS", '[{"id": "openai/gpt-5", "price_input_usd_per_mtok": 0.00000000001}]'),
        ("MODELS", '[{"id": "openai/gpt-5", "price_output_usd_per_mtok": 1}]'),
        ("MODELS", '[{"id": "openai/gpt-5", "knowledge_cutoff": "last year"}]'),
        ("FALLBACKS", '{"openai/gpt-5": "anthropic/claude"}'),
    ],
)
def test_a_wrong_value_is_told_by_the_name_under_which_it_was_given(name: str, value: str) -> None:
    fault = only_fault({f"CHIMERA_{name}": value})
    assert fault.startswith(f"CHIMERA_{name}")
    assert len(fault) > len(f"CHIMERA_{name}: ")


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    written = file(tmp_path, 'prot = 1\nlog_level = "loud"\n')
    told = faults(written | {"CHIMERA_HSOT": "x", "CHIMERA_PORT": "x", "CHIMERA_FALLBACKS": "{"}, host="nowhere")
    begins = [fault.partition(":")[0] for fault in told]
    path = written["CHIMERA_CONFIG"]
    assert sorted(begins) == sorted(
        ["CHIMERA_HSOT", "CHIMERA_PORT", "CHIMERA_FALLBACKS", "--host", f"prot in {path}", f"log_level in {path}"]
    )
    assert any("Did you mean port?" in fault for fault in told)


def test_a_fault_of_a_flag_is_told_by_its_name() -> None:
    assert only_fault({}, port=70000).startswith("--port: ")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.toml"
    assert str(missing) in only_fault({"CHIMERA_CONFIG": str(missing)})
    assert "not valid TOML" in only_fault(file(tmp_path, "port ="))
    (tmp_path / "latin.toml").write_bytes('host = "é"'.encode("latin-1"))
    assert "not valid TOML" in only_fault({"CHIMERA_CONFIG": str(tmp_path / "latin.toml")})


def test_the_file_has_tables_for_providers_and_fallbacks(tmp_path: Path) -> None:
    settings = load(
        file(
            tmp_path,
            "local_model = false\n"
            '[[providers]]\nkind = "openai"\nname = "work"\napi_key = "k"\n'
            '[fallbacks]\n"work/gpt-5" = ["anthropic/claude-sonnet-5-5"]\n',
        )
    )
    assert settings.local_model == "off"
    assert settings.providers[0].kind == "openai"
    assert settings.providers[0].values() == {"name": "work", "api_key": "k"}
    assert settings.fallbacks == {"work/gpt-5": ["anthropic/claude-sonnet-5-5"]}


def test_fallbacks_are_json_in_the_environment() -> None:
    wanted = {"openai/gpt-5": ["azure/gpt-5"]}
    assert load({"CHIMERA_FALLBACKS": json.dumps(wanted)}).fallbacks == wanted


def test_providers_stand_in_the_file_only() -> None:
    assert only_fault({"CHIMERA_PROVIDERS": "[]"}).startswith("CHIMERA_PROVIDERS: there is no such setting.")


def test_words_are_taken_in_any_case_and_folders_at_home() -> None:
    settings = load({"CHIMERA_LOG_LEVEL": "INFO", "CHIMERA_DATA_DIR": "~/chimera"})
    assert settings.log_level == "info"
    assert settings.data_dir == Path.home() / "chimera"


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_only_loopback_is_local(host: str, local: bool) -> None:
    assert load({"CHIMERA_HOST": host}).is_local is local


@pytest.mark.parametrize(
    ("length", "host", "fits"), [(7, "::1", False), (8, "::1", True), (23, "::", False), (24, "::", True)]
)
def test_a_first_key_that_is_given_is_longer_in_public(length: int, host: str, fits: bool) -> None:
    given = {"CHIMERA_BOOTSTRAP_API_KEY": LONG_KEY[:length], "CHIMERA_HOST": host}
    if fits:
        assert load(given).bootstrap_api_key
    else:
        assert only_fault(given).startswith("CHIMERA_BOOTSTRAP_API_KEY: must have at least")


@pytest.mark.parametrize("key", ["with a space in it somewhere", "schlüssel-mit-umlauten-überall", "x" * 300])
def test_a_first_key_must_survive_a_header(key: str) -> None:
    assert "CHIMERA_BOOTSTRAP_API_KEY" in only_fault({"CHIMERA_BOOTSTRAP_API_KEY": key})


@pytest.mark.parametrize(
    ("password", "host", "fits"),
    [
        ("eight-ch", "127.0.0.1", True),
        ("eight-ch", "0.0.0.0", False),
        ("short", "127.0.0.1", False),
        (STRONG, "::", True),
    ],
)
def test_a_first_password_that_is_given_is_stronger_in_public(password: str, host: str, fits: bool) -> None:
    given = {"CHIMERA_OWNER_PASSWORD": password, "CHIMERA_HOST": host}
    if fits:
        assert load(given).owner_password
    else:
        assert only_fault(given).startswith("CHIMERA_OWNER_PASSWORD: ")


@pytest.mark.parametrize("password", ["owner@example.com", "aaaaaaaaaaaaaaaa", "1234567890123456"])
def test_a_first_password_that_is_guessed_first_is_refused(password: str) -> None:
    given = {"CHIMERA_OWNER_PASSWORD": password, "CHIMERA_OWNER_EMAIL": "owner@example.com"}
    assert only_fault(given).startswith("CHIMERA_OWNER_PASSWORD: ")


def test_no_fault_and_no_setting_shows_a_secret() -> None:
    secrets = {
        "CHIMERA_DATABASE_URL": "mysql://u:hidden-1@h/n",
        "CHIMERA_REDIS_URL": "http://:hidden-2@h",
        "CHIMERA_OWNER_PASSWORD": "hidd-3",
        "CHIMERA_BOOTSTRAP_API_KEY": "hidd-4",
    }
    told = faults(secrets)
    assert len(told) == len(secrets)
    assert "hidd" not in "".join(told)
    assert "hidd" not in repr(
        load({"CHIMERA_OWNER_PASSWORD": "hidden-5 horse", "CHIMERA_DATABASE_URL": "postgres://u:hidd@h/n"})
    )


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("key", ["short", "AAAA", "not base64 at all " * 3, "A" * 43 + "é"])
def test_a_root_key_is_32_bytes_in_base64(key: str) -> None:
    assert "CHIMERA_ROOT_KEY" in only_fault({"CHIMERA_ROOT_KEY": key})


def test_a_root_key_that_nobody_gave_is_made_once(tmp_path: Path) -> None:
    settings = load({"CHIMERA_DATA_DIR": str(tmp_path)})
    made = root_key(settings)
    assert len(made) == 32
    assert root_key(settings) == made
    assert (tmp_path / "root.key").stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["root.key"]
    (tmp_path / "root.key").write_bytes(b"c2hvcnQ=")
    with pytest.raises(SettingsError):
        root_key(settings)


def test_a_setting_is_read_under_its_former_name(tmp_path: Path) -> None:
    assert load({"CHIMERA_WEBHOOK_PRIVATE_NETWORKS": "true"}).private_networks
    assert load(file(tmp_path, "webhook_private_networks = true\n")).private_networks


@pytest.mark.parametrize("origin", ["*", "https://*.example.com", "app.example.com", "https://a.example/path", "null"])
def test_an_origin_names_one_site(origin: str) -> None:
    assert "CHIMERA_CORS_ORIGINS" in only_fault({"CHIMERA_CORS_ORIGINS": json.dumps([origin])})


@pytest.mark.parametrize("host", ["https://a.example", "a.example:80", "a/b", "", "*"])
def test_a_host_is_a_name(host: str) -> None:
    assert "CHIMERA_ALLOWED_HOSTS" in only_fault({"CHIMERA_ALLOWED_HOSTS": json.dumps([host])})
    assert load({"CHIMERA_ALLOWED_HOSTS": '["Chat.Example.com", "*.a.example", "[::1]"]'}).allowed_hosts[0].islower()


@pytest.mark.parametrize("network", ["proxy.example.com", "10.0.0.0/33", "", "10.0.0.1/24"])
def test_a_trusted_proxy_is_an_address_or_a_network(network: str) -> None:
    assert "CHIMERA_TRUSTED_PROXIES" in only_fault({"CHIMERA_TRUSTED_PROXIES": json.dumps([network])})
    trusted = load({"CHIMERA_TRUSTED_PROXIES": '["10.0.0.7", "fd00::/8"]'}).trusted_proxies
    assert [str(each) for each in trusted] == ["10.0.0.7/32", "fd00::/8"]
