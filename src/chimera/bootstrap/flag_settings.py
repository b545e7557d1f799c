"""Settings of feature flags: who provides them, and who has which on."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chimera.gateway.resilience.flags import FLAGS


def _a_rollout(value: object) -> object:
    return {"percent": value} if isinstance(value, int | float) and not isinstance(value, bool) else value


class RolloutEntry(BaseModel):
    """Who has a flag on; see `adapters/flags/settings.py`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    percent: float = Field(default=0.0, ge=0, le=100)
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


RolloutSetting = Annotated[RolloutEntry, BeforeValidator(_a_rollout)]


class FlagsEntry(BaseModel):
    """The `[flags]` table: `hedge = 10`, or `hedge = {percent = 10, on = ["…"]}`. A flag that is not named is on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str = "settings"
    options: Mapping[str, Any] = Field(default_factory=dict)
    cache: RolloutSetting | None = None
    join: RolloutSetting | None = None
    experiments: RolloutSetting | None = None
    auto: RolloutSetting | None = None
    hedge: RolloutSetting | None = None

    @property
    def rollouts(self) -> dict[str, dict[str, Any]]:
        named = {flag: getattr(self, flag) for flag in FLAGS}
        return {flag: entry.model_dump() for flag, entry in named.items() if entry is not None}
