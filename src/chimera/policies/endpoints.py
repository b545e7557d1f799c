"""`/api/v1/policies`: what an organisation decides about its calls."""

from typing import TypeVar

from fastapi import APIRouter

from chimera.policies.policy import SECTIONS, Policy
from chimera.policies.sections.section import Section
from chimera.policies.service import Policies
from chimera.tenancy.permissions import ADMIN, MODELS_READ, require
from chimera.web.caller import Caller

_S = TypeVar("_S", bound=Section)


def router(policies: Policies) -> APIRouter:
    api = APIRouter(prefix="/api/v1/policies", tags=["policies"])

    @api.get("")
    async def show_policies(caller: Caller) -> Policy:
        """Everything that holds for the caller's organisation, defaults included."""
        require(caller, MODELS_READ)
        return await policies.of(caller)

    for name in SECTIONS:
        _add_section(api, policies, name, Policy.model_fields[name].annotation)  # type: ignore[arg-type]  # a Section
    return api


def _add_section(api: APIRouter, policies: Policies, name: str, section: type[_S]) -> None:
    async def change(caller: Caller, body: Section) -> Policy:
        require(caller, ADMIN)
        return await policies.change(caller, name, body)

    async def reset(caller: Caller) -> Policy:
        require(caller, ADMIN)
        return await policies.reset(caller, name)

    change.__annotations__["body"] = section
    change.__doc__ = f"Set the section `{name}`. What is left out goes back to its default. For owners."
    reset.__doc__ = f"Let the defaults of the section `{name}` hold again. For owners."
    api.put(f"/{name}", name=f"change_{name}_policy")(change)
    api.delete(f"/{name}", name=f"reset_{name}_policy")(reset)
