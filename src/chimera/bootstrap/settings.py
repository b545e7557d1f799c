"""Settings: one tree, read once, here. Nobody else looks at the environment.

From weak to strong: defaults, the TOML file named by CHIMERA_CONFIG, the environment, the flags of the command line.
"""

import json
import os
import tomllib
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator

from chimera.bootstrap.flag_settings import FlagsEntry
from chimera.bootstrap.mail_settings import PublicUrl, Sender, SmtpUrl
from chimera.bootstrap.model_settings import DeploymentEntry, ModelEntry, Name, UsdPerMtok
from chimera.bootstrap.sealing_settings import RootKey, RootKeys, SecretsEntry
from chimera.bootstrap.web_settings import Host, Network, Origin, SocketsEntry
from chimera.gateway.resilience.levels import Chosen
from chimera.kit.errors import AppError, Kind
from chimera.policies.sections.limits import Tier
from chimera.tenancy.credentials import check_given_key
from chimera.tenancy.identity import normalised
from chimera.tenancy.sessions.passwords import SHORTEST, check_strength
from chimera.web.security.proxies import Told

PREFIX = "CHIMERA_"
CONFIG = "CHIMERA_CONFIG"
_FORMER = {"webhook_private_networks": "private_networks"}
_IN_JSON = {
    "fallbacks", "aliases", "deployments", "models", "flags", "secrets", "allowed_hosts", "cors_origins",
    "trusted_proxies", "sockets",
}  # fmt: skip

# Characters of a secret that an operator chose: for a server that only this machine can reach, and for any other.
_LEAST_LOCAL, _LEAST_PUBLIC = 8, 24


class SettingsError(AppError):
    """The configuration cannot be used; the message says what to change.

    Attributes:
        faults: One sentence for each fault, which names the setting as it was given.
    """

    code = "invalid_settings"
    kind = Kind.INVALID

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class ProviderEntry(BaseModel):
    """One `[[providers]]` table of the file: `kind` names the adapter, which reads the rest."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str

    def values(self) -> dict[str, object]:
        return dict(self.model_extra or {})


class Settings(BaseModel):
    """Every setting; `CHIMERA_PORT=9000` in the environment, or `port = 9000` in the file, sets `port`."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 lets the system choose.")
    data_dir: Path = Field(Path("data"), description="Folder of the embedded database and of everything kept on disk.")
    database_url: SecretStr | None = Field(
        None, description="postgresql://user:password@host/name; empty for the embedded SQLite database in data_dir."
    )
    redis_url: SecretStr | None = Field(None, description="redis://host:6379/0; wakes readers on other replicas.")
    owner_email: str | None = Field(None, description="E-mail of the first owner, made when the database is empty.")
    owner_password: SecretStr | None = Field(None, description="Password of the first owner; generated when empty.")
    bootstrap_api_key: SecretStr | None = Field(None, description="First API key, given instead of generated.")
    root_key: RootKey = Field(
        None, description="Opens whatever is sealed: 32 bytes in Base64; else the file root.key in data_dir."
    )
    former_root_keys: RootKeys = Field(
        None, description="Root keys before the last rotation, with spaces between; else root.key.former in data_dir."
    )
    public_url: PublicUrl = Field(
        None, description="Where people reach the server: https://chat.example.com; for links of e-mails and passkeys."
    )
    token_algorithm: Literal["ES256", "RS256"] = Field(
        "ES256", description="How access tokens are signed; a change takes effect at once, old ones stay good."
    )
    smtp_url: SmtpUrl = Field(
        None, description="Who takes e-mail: smtp://user:password@host:587; empty shows it on the terminal instead."
    )
    mail_from: Sender = Field(None, description="Address that e-mail comes from; with smtp_url.")
    secrets: SecretsEntry = Field(SecretsEntry(), description='Who keeps secrets: {"store": "vault", "options": {…}}.')
    local_model: str = Field("on", description="`off` leaves the embedded model out; a path names another GGUF file.")
    request_timeout_s: float = Field(600.0, gt=0, description="Longest time of one model call, retries included.")
    first_token_timeout_s: float = Field(60.0, gt=0, description="Longest wait of one attempt for its first token.")
    whole_answer_timeout_s: float = Field(
        300.0, gt=0, description="The same for an answer that comes whole, once written, or is thought about first."
    )
    tenant_concurrency: int = Field(200, ge=1, description="Model calls of one organisation in flight, per replica.")
    provider_concurrency: int = Field(400, ge=1, description="Model calls to one provider in flight, per replica.")
    max_body_mb: int = Field(64, ge=1, description="Largest request body in MiB.")
    max_file_mb: int = Field(200, ge=1, description="Largest uploaded file in MiB.")
    max_import_mb: int = Field(
        1024,
        ge=1,
        description="Largest file of conversations that is taken in, and what a ZIP file unpacks to, in MiB.",
    )
    max_import_conversation_mb: int = Field(64, ge=1, description="Largest conversation in such a file, in MiB.")
    default_tier: Tier = Field("unlimited", description="Rate limits of organisations that set no tier of their own.")
    limits_without_redis: Literal["local", "refuse"] = Field(
        "local", description="While Redis is away: each replica limits by itself, or calls are refused."
    )
    batch_concurrency: int = Field(
        8, ge=1, description="Requests of one organisation's batches in flight, per replica; they take of its room."
    )
    cache_memory_mb: int = Field(
        64, ge=1, description="Memory for answers that may be given again in MiB, per replica."
    )
    fallbacks: dict[str, list[str]] = Field(
        default_factory=dict, description='Models to ask when one cannot answer: {"openai/gpt-5": ["anthropic/…"]}.'
    )
    private_networks: bool = Field(
        default=False,
        description="Let webhooks, identity providers and the like be in private networks, and plain HTTP.",
    )
    audit_checkpoint_file: Path | None = Field(
        None, description="File that takes signed ends of audit trails; audit-checkpoints.jsonl in data_dir when empty."
    )
    allowed_hosts: tuple[Host, ...] = Field(
        (), description='Names under which the server may be asked: ["chat.example.com"]; any when empty.'
    )
    cors_origins: tuple[Origin, ...] = Field(
        (), description='Other sites whose pages may ask with an API key: ["https://app.example.com"].'
    )
    trusted_proxies: tuple[Network, ...] = Field(
        (), description='Proxies that tell whose a request is: ["10.0.0.0/24"]; nobody is believed when empty.'
    )
    proxy_header: Told = Field(
        "x-forwarded-for", description="Where they tell it: x-forwarded-for, or forwarded (RFC 7239)."
    )
    sockets: SocketsEntry = Field(
        SocketsEntry(), description='Most WebSockets, of a replica and of a person there: {"per_person": 50}.'
    )
    aliases: dict[Name, Name] = Field(
        default_factory=dict, description='Other names for models: {"gpt-4": "openai/gpt-5"}.'
    )
    flags: FlagsEntry = Field(FlagsEntry(), description='Who has which optional stage on: {"hedge": 10}.')
    level: Chosen = Field("auto", description="How much is offered: auto, full, degraded, minimal or offline.")
    offline_answer: str = Field("", description="The answer while offline, where an organisation has none of its own.")
    deployments: tuple[DeploymentEntry, ...] = Field(
        (), description='Names whose calls several models share: [{"name": "fast", "targets": [{"model": "…"}]}].'
    )
    models: tuple[ModelEntry, ...] = Field(
        (), description='Facts about models: [{"id": "openai/gpt-5", "context_tokens": 400000}].'
    )
    unpriced: Literal["allow", "refuse", "ceiling"] = Field(
        "allow", description="Models whose price nobody knows, for organisations that set nothing of their own."
    )
    ceiling_usd_per_mtok: UsdPerMtok = Field(
        Decimal(100), description="What `ceiling` holds and charges for a million tokens of such a model."
    )
    context_tokens: int | None = Field(
        None,
        ge=512,
        description="Most that a model is shown of a conversation; as much as its window takes when empty.",
    )
    context_output_tokens: int = Field(
        4_000, ge=1, description="Of a window, what is kept free for an answer whose length nobody asked for."
    )
    context_summary_model: str | None = Field(
        None, description="Model that summarises conversations too long for a window; nobody does when empty."
    )
    memory_model: str | None = Field(
        None, description="Model that learns what is to be remembered of people; only plain words do when empty."
    )
    step_model: str | None = Field(
        None, description="Cheap model for titles, recaps and the like; done without it when empty."
    )
    default_model: str | None = Field(None, description="Model of new chats; the first listed one when empty.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["auto", "json", "console"] = Field("auto", description="`auto`: console on a terminal.")
    providers: tuple[ProviderEntry, ...] = Field((), description="Further connections; only in the file.")

    @field_validator("host")
    @classmethod
    def _an_address(cls, host: str) -> str:
        if host != "localhost":
            try:
                ip_address(host)
            except ValueError:
                raise ValueError("must be an IP address of this machine, such as 127.0.0.1 or 0.0.0.0") from None
        return host

    @field_validator("data_dir")
    @classmethod
    def _at_home(cls, folder: Path) -> Path:
        return folder.expanduser()

    @field_validator("database_url")
    @classmethod
    def _a_known_database(cls, url: SecretStr | None) -> SecretStr | None:
        return _with_scheme(
            url, ("postgresql://", "postgres://", "postgresql+asyncpg://", "sqlite:///", "sqlite+aiosqlite:///")
        )

    @field_validator("redis_url")
    @classmethod
    def _a_redis(cls, url: SecretStr | None) -> SecretStr | None:
        return _with_scheme(url, ("redis://", "rediss://", "unix://"))

    @field_validator("owner_email", "default_model", "context_summary_model", "memory_model")
    @classmethod
    def _empty_is_absent(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("owner_email")
    @classmethod
    def _an_email(cls, email: str | None) -> str | None:
        with _as_a_fault():
            return normalised(email) if email else None

    @field_validator("owner_password", "bootstrap_api_key")
    @classmethod
    def _an_empty_secret_is_absent(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value and value.get_secret_value() else None

    @field_validator("owner_password")
    @classmethod
    def _a_strong_password(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if password:
            shortest = _LEAST_LOCAL if _is_local(info.data.get("host")) else SHORTEST
            with _as_a_fault():
                check_strength(password.get_secret_value(), email=info.data.get("owner_email") or "", shortest=shortest)
        return password

    @field_validator("bootstrap_api_key")
    @classmethod
    def _a_long_key(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if key:
            local = _is_local(info.data.get("host"))
            least = _LEAST_LOCAL if local else _LEAST_PUBLIC
            if len(key.get_secret_value()) < least:
                beyond = "" if local else " when the server listens beyond this machine"
                raise ValueError(f"must have at least {least} characters{beyond}")
            with _as_a_fault():
                check_given_key(key.get_secret_value())
        return key

    @field_validator("local_model", mode="before")
    @classmethod
    def _a_switch(cls, value: object) -> object:
        return {True: "on", False: "off"}[value] if isinstance(value, bool) else value

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @property
    def database(self) -> str:
        """Address of the database: the given one, or the embedded one in `data_dir`. May hold a password."""
        return (
            self.database_url.get_secret_value() if self.database_url else f"sqlite:///{self.data_dir / 'chimera.db'}"
        )

    @property
    def is_local(self) -> bool:
        """Whether only this machine can connect."""
        return _is_local(self.host)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """Settings from one place, and what a setting is called there."""

    values: Mapping[str, Any]
    called: Callable[[str], str]


def load(environment: Mapping[str, str] | None = None, flags: Mapping[str, object] | None = None) -> Settings:
    """Read and validate the settings.

    Args:
        environment: Stands for the process environment, for tests.
        flags: What the command line says; `None` values are passed over.

    Raises:
        SettingsError: with every fault: which setting, what is wrong, what would be right.
    """
    variables = os.environ if environment is None else environment
    given = {_FORMER.get(name, name): value for name, value in (flags or {}).items() if value is not None}
    faults: list[str] = []
    layers = [
        _from_file(variables, faults),
        _from_environment(variables, faults),
        _Layer(values=given, called=lambda name: f"--{name.replace('_', '-')}"),
    ]
    try:
        settings = Settings.model_validate({name: value for layer in layers for name, value in layer.values.items()})
    except ValidationError as error:
        faults += [_fault(item, layers) for item in error.errors()]
    if faults:
        raise SettingsError(*faults)
    return settings


def environment() -> Mapping[str, str]:
    """Return the variables of the process, for the provider adapters' own names (`OPENAI_API_KEY`, …)."""
    return os.environ


def compute_on_calling_threads() -> None:
    """Let numpy's OpenBLAS start no threads of its own: on every processor they spin for what takes a millisecond.

    It looks at the environment when it is loaded, so this comes before. Whoever set a number themselves is heeded.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _from_file(variables: Mapping[str, str], faults: list[str]) -> _Layer:
    name = variables.get(CONFIG, "")
    values: dict[str, Any] = {}
    try:
        values = tomllib.loads(Path(name).expanduser().read_text(encoding="utf-8")) if name else {}
    except OSError as error:
        faults.append(f"{CONFIG}={name}: cannot be read ({error.strerror}).")
    except ValueError as error:
        faults.append(f"{CONFIG}={name}: is not valid TOML ({error}).")
    values = {_FORMER.get(setting, setting): value for setting, value in values.items()}
    return _Layer(values=values, called=lambda setting: f"{setting} in {name}")


def _from_environment(variables: Mapping[str, str], faults: list[str]) -> _Layer:
    known = {PREFIX + former.upper(): name for former, name in _FORMER.items()}
    known |= {PREFIX + name.upper(): name for name in Settings.model_fields if name != "providers"}
    unknown = sorted(name for name in variables if name.startswith(PREFIX) and name not in known and name != CONFIG)
    faults += [f"{name}: {_no_such_setting(name, [*known, CONFIG])}" for name in unknown]
    values: dict[str, Any] = {known[name]: value for name, value in variables.items() if name in known and value}
    for name in _IN_JSON & values.keys():
        try:
            values[name] = json.loads(values[name])
        except ValueError as error:
            del values[name]
            faults.append(f"{PREFIX}{name.upper()}: is not valid JSON ({error}).")
    return _Layer(values=values, called=lambda name: PREFIX + name.upper())


def _no_such_setting(name: str, known: Sequence[str]) -> str:
    meant = get_close_matches(name, known, n=1)
    return "there is no such setting." + (f" Did you mean {meant[0]}?" if meant else "")


def _fault(item: Any, layers: Sequence[_Layer]) -> str:
    field, *deeper = (str(step) for step in item["loc"])
    layer = next((layer for layer in reversed(layers) if field in layer.values), layers[1])
    called = layer.called(field) + (f" ({'.'.join(deeper)})" if deeper else "")
    if item["type"] == "extra_forbidden":
        return f"{called}: {_no_such_setting(field, () if deeper else list(Settings.model_fields))}"
    wrong = str(item["msg"]).removeprefix("Value error, ").replace("Input should be", "must be").rstrip(".")
    return f"{called}: {wrong}. ({Settings.model_fields[field].description})"


@contextmanager
def _as_a_fault() -> Generator[None]:
    """Let the rules of tenancy speak here, before anything is opened."""
    try:
        yield
    except AppError as error:
        raise ValueError(error.message) from None


def _is_local(host: object) -> bool:
    return host == "localhost" or (isinstance(host, str) and ip_address(host).is_loopback)


def _with_scheme(url: SecretStr | None, schemes: tuple[str, ...]) -> SecretStr | None:
    text = url.get_secret_value() if url else ""
    if text and not text.startswith(schemes):
        raise ValueError(f"must begin with {' or '.join(schemes)}")
    return url if text else None
