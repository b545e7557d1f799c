"""Settings: one tree, read once, here. Nobody else looks at the environment.

From weak to strong: defaults, the TOML file named by CHIMERA_CONFIG, the environment, the flags of the command line.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from chimera.kit.errors import AppError, Kind

PREFIX = "CHIMERA_"
CONFIG = "CHIMERA_CONFIG"


class SettingsError(AppError):
    """The configuration cannot be used; the message says what to change."""

    code = "invalid_settings"
    kind = Kind.INVALID


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
    local_model: str = Field("on", description="`off` leaves the embedded model out; a path names another GGUF file.")
    request_timeout_s: float = Field(600.0, gt=0, description="Longest time of one model call, retries included.")
    first_token_timeout_s: float = Field(60.0, gt=0, description="Longest wait of one attempt for its first token.")
    tenant_concurrency: int = Field(200, ge=1, description="Model calls of one organisation in flight, per replica.")
    provider_concurrency: int = Field(400, ge=1, description="Model calls to one provider in flight, per replica.")
    max_body_mb: int = Field(64, ge=1, description="Largest request body in MiB.")
    fallbacks: dict[str, list[str]] = Field(
        default_factory=dict, description='Models to ask when one cannot answer: {"openai/gpt-5": ["anthropic/…"]}.'
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

    @field_validator("owner_email", "default_model")
    @classmethod
    def _empty_is_absent(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("owner_password", "bootstrap_api_key")
    @classmethod
    def _an_empty_secret_is_absent(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value and value.get_secret_value() else None

    @model_validator(mode="after")
    def _safe_in_public(self) -> "Settings":
        key = self.bootstrap_api_key
        if key and len(key.get_secret_value()) < self.least_secret_length:
            raise ValueError(
                f"bootstrap_api_key must have at least {self.least_secret_length} characters"
                + (" when the server listens beyond this machine" if not self.is_local else "")
            )
        return self

    @property
    def database(self) -> str:
        """Address of the database: the given one, or the embedded one in `data_dir`. May hold a password."""
        return (
            self.database_url.get_secret_value() if self.database_url else f"sqlite:///{self.data_dir / 'chimera.db'}"
        )

    @property
    def is_local(self) -> bool:
        """Whether only this machine can connect."""
        return self.host == "localhost" or ip_address(self.host).is_loopback

    @property
    def least_secret_length(self) -> int:
        return 8 if self.is_local else 24


def load(environment: Mapping[str, str] | None = None, flags: Mapping[str, object] | None = None) -> Settings:
    """Read and validate the settings.

    Args:
        environment: Stands for the process environment, for tests.
        flags: What the command line says; `None` values are passed over.

    Raises:
        SettingsError: with one line per fault: which setting, what is wrong, what would be right.
    """
    variables = os.environ if environment is None else environment
    values = _from_file(variables) | _from_environment(variables)
    values |= {name: value for name, value in (flags or {}).items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError("\n".join(_fault(item) for item in error.errors())) from None


def environment() -> Mapping[str, str]:
    """Return the variables of the process, for the provider adapters' own names (`OPENAI_API_KEY`, …)."""
    return os.environ


def _from_file(variables: Mapping[str, str]) -> dict[str, Any]:
    name = variables.get(CONFIG)
    if not name:
        return {}
    try:
        return tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{CONFIG}={name}: cannot be read ({error.strerror}).") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{CONFIG}={name}: is not valid TOML ({error}).") from error


def _from_environment(variables: Mapping[str, str]) -> dict[str, Any]:
    known = {PREFIX + name.upper(): name for name in Settings.model_fields if name != "providers"}
    unknown = [name for name in variables if name.startswith(PREFIX) and name not in known and name != CONFIG]
    if unknown:
        raise SettingsError("\n".join(_unknown(name, [*known, CONFIG]) for name in sorted(unknown)))
    values: dict[str, Any] = {known[name]: value for name, value in variables.items() if name in known and value}
    if "fallbacks" in values:
        values["fallbacks"] = _json(PREFIX + "FALLBACKS", values["fallbacks"])
    return values


def _json(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise SettingsError(f"{name}: is not valid JSON ({error}).") from error


def _unknown(name: str, known: list[str]) -> str:
    meant = get_close_matches(name, known, n=1)
    return f"{name}: there is no such setting." + (f" Did you mean {meant[0]}?" if meant else "")


def _fault(item: Any) -> str:
    name = ".".join(str(step) for step in item["loc"])
    shown = f"{PREFIX}{name.upper()}: " if name else ""
    return f"{shown}{str(item['msg']).removeprefix('Value error, ')}"


def _with_scheme(url: SecretStr | None, schemes: tuple[str, ...]) -> SecretStr | None:
    text = url.get_secret_value() if url else ""
    if text and not text.startswith(schemes):
        raise ValueError(f"must begin with {' or '.join(schemes)}")
    return url if text else None
