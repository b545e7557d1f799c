"""What the contract of providers is run against: each file in `adapters/providers`, and the guide's template.

A provider is met at the fake upstream of its own name; the template and third parties at a generic one.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.fakes import FLAVOURS, FakeUpstream

from chimera.adapters.http import open_http
from chimera.kit.loading import available, load
from chimera.llm import Event, Message, ModelProvider, Request, Text

KEY = "sk-secret-4711"
TEMPLATE = Path(__file__).parents[2] / "docs" / "guides" / "provider_template.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of provider, and which of the fake's providers plays it."""

    name: str
    module: ModuleType
    flavour: str

    @property
    def model(self) -> str:
        return FLAVOURS[self.flavour].models[0]


def _copied_template() -> ModuleType:
    spec = spec_from_file_location("copied_provider_template", TEMPLATE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MODULES = {name: load("providers", name) for name in available("providers")} | {"template": _copied_template()}
REMOTE = [
    Kind(name=name, module=module, flavour=name if name in FLAVOURS else "openai_compatible")
    for name, module in MODULES.items()
    # The embedded model has no upstream; its own suite is in tests/adapters/local_model.
    if name != "local"
]
every_module = pytest.mark.parametrize("module", MODULES.values(), ids=MODULES.keys())
every_provider = pytest.mark.parametrize("kind", REMOTE, ids=lambda kind: kind.name)


@asynccontextmanager
async def connected(
    kind: Kind, fake: FakeUpstream, *, base_url: str = "", key: str = KEY, **settings: Any
) -> AsyncGenerator[ModelProvider, None]:
    """Connect to the fake, as it is configured by environment or file."""
    address = base_url or fake.base_url(kind.flavour)
    made = kind.module.Settings.model_validate({"base_url": address, "api_key": key, **settings})
    async with open_http() as http, kind.module.connect(made, http) as provider:
        yield provider


def asking(kind: Kind, text: str = "Hello", **fields: Any) -> Request:
    question = Message(role="user", parts=(Text(text=text),))
    return Request(**({"model": kind.model, "messages": (question,)} | fields))


async def heard(provider: ModelProvider, request: Request) -> list[Event]:
    return [event async for event in provider.stream(request)]
