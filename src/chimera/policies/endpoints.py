"""`/api/v1/policies`: what an organisation decides about its calls."""

from datetime import datetime
from typing import Annotated, Generic, TypeAlias, TypeVar
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chimera.kit.scope import Scope
from chimera.policies.policy import SECTIONS, Policy
from chimera.policies.sections.section import Section
from chimera.policies.service import Policies
from chimera.tenancy.permissions import MODELS_READ, POLICIES_MANAGE
from chimera.web.caller import needs
from chimera.web.routers import LateRouter

_S = TypeVar("_S", bound=Section)
Reader: TypeAlias = Annotated[Scope, needs(MODELS_READ)]
Manager: TypeAlias = Annotated[Scope, needs(POLICIES_MANAGE)]


class SectionRead(BaseModel, Generic[_S]):
    """A section, defaults included."""

    policy: _S
    version: str = Field(description="Another as soon as anything in it is another", examples=["5f0c9d1ab2e4"])
    updated_at: datetime | None = Field(description="When it was set last; null while its defaults hold")
    updated_by: UUID | None = Field(description="Who did")


def router(policies: Policies) -> APIRouter:
    api = LateRouter(prefix="/api/v1/policies", tags=["policies"])

    @api.get("")
    async def show_policies(caller: Reader) -> Policy:
        """Everything that holds for the caller's organisation, defaults included."""
        return await policies.of(caller)

    for name in SECTIONS:
        _add_section(api, policies, name, Policy.model_fields[name].annotation)  # type: ignore[arg-type]  # a Section
    return api


def _add_section(api: APIRouter, policies: Policies, name: str, section: type[_S]) -> None:
    async def show(caller: Reader) -> SectionRead[_S]:
        kept = await policies.section(caller, name)
        return SectionRead[section].model_validate(kept, from_attributes=True)  # type: ignore[valid-type]  # at run time

    async def change(caller: Manager, body: Section) -> Policy:
        return await policies.change(caller, name, body)

    async def reset(caller: Manager) -> Policy:
        return await policies.reset(caller, name)

    show.__annotations__["return"] = SectionRead[section]  # type: ignore[valid-type]  # likewise
    show.__doc__ = f"The section `{name}` as it holds, its version, and who set it."
    change.__annotations__["body"] = section
    change.__doc__ = f"Set the section `{name}`. What is left out goes back to its default."
    reset.__doc__ = f"Let the defaults of the section `{name}` hold again."
    api.get(f"/{name}", name=f"show_{name}_policy")(show)
    api.put(f"/{name}", name=f"change_{name}_policy")(change)
    api.delete(f"/{name}", name=f"reset_{name}_policy")(reset)
