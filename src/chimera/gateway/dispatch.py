"""The bottom of the pipeline: hand the request to the provider of its target."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from chimera.gateway.call import Call
from chimera.llm import ModelProvider, Stream


@dataclass(frozen=True, slots=True)
class Dispatch:
    providers: Mapping[str, ModelProvider]

    def __call__(self, call: Call) -> Stream:
        target = call.aim
        return self.providers[target.provider].stream(replace(call.request, model=target.model))
