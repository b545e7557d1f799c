"""Flags from the configuration: a share of the organisations, and those that are named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import FlagNotFoundError
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider import AbstractProvider, Metadata
from pydantic import BaseModel, ConfigDict, Field

from chimera.kit.lots import is_drawn

_V = TypeVar("_V")


class Rollout(BaseModel):
    """Who has a flag on.

    Attributes:
        percent: Of the organisations; whoever has it at 10 has it at 20 as well.
        on: Has it whatever the percentage says.
        off: Has it not, whatever all else says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    percent: float = Field(default=0.0, ge=0, le=100)
    on: frozenset[UUID] = frozenset()
    off: frozenset[UUID] = frozenset()

    def admits(self, flag: str, tenant: str) -> bool:
        if tenant in map(str, self.off):
            return False
        if tenant in map(str, self.on):
            return True
        return is_drawn(f"{flag}\n{tenant}", self.percent / 100)


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    flags: Mapping[str, Rollout] = Field(default_factory=dict)


@dataclass(eq=False)
class SettingsProvider(AbstractProvider):
    """Knows flags that are on or off, and none of another type."""

    rollouts: Mapping[str, Rollout]

    def get_metadata(self) -> Metadata:
        return Metadata(name="settings")

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,  # noqa: FBT001 (the signature is OpenFeature's)
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[bool]:
        del default_value  # the SDK's, for where this raises
        rollout = self.rollouts.get(flag_key)
        if rollout is None:
            raise FlagNotFoundError(flag_key)
        key = evaluation_context.targeting_key if evaluation_context else None
        return FlagResolutionDetails(value=rollout.admits(flag_key, key or ""), reason=Reason.TARGETING_MATCH)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        return _none(flag_key, default_value, evaluation_context)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        return _none(flag_key, default_value, evaluation_context)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        return _none(flag_key, default_value, evaluation_context)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[Any] | Mapping[str, Any],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Sequence[Any] | Mapping[str, Any]]:
        return _none(flag_key, default_value, evaluation_context)


def _none(flag_key: str, _default: _V, _context: EvaluationContext | None) -> FlagResolutionDetails[_V]:
    raise FlagNotFoundError(flag_key)


def connect(settings: Settings) -> SettingsProvider:
    return SettingsProvider(settings.flags)
