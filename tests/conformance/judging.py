"""Every check of llm-comply, an independent judge of LLM APIs, put to Chimera."""

import asyncio
import dataclasses
from importlib import resources

from llm_comply.config import ComplianceConfig
from llm_comply.result import TestResult
from llm_comply.runner import TestRunner
from llm_comply.schema import SpecLoader
from llm_comply.test_case import TestCase
from llm_comply.tests import get_tests
from tests.fakes import Answer, FakeUpstream, ToolUse
from tests.serving import Running

SURFACES = {
    "openai-chat": "openai_chat.json",
    "open-responses": "openresponses.json",
    "anthropic": "anthropic.json",
    "google-genai": None,
}
"""Formats of the judge, and the specification that it holds answers against."""

_WEATHER = Answer(
    text="Let me look.", tool_calls=(ToolUse(name="get_weather", arguments='{"location":"San Francisco"}'),)
)


def checks(surface: str) -> list[TestCase]:
    """All checks of a surface, those too that the judge would leave out by the model's name."""
    return [dataclasses.replace(case, skip_reason=None) for case in get_tests(surface)]


def loaded(surface: str) -> SpecLoader:
    name = SURFACES[surface]
    return SpecLoader(str(resources.files("llm_comply.specs") / name) if name else None)


def config(surface: str, chimera: Running, model: str) -> ComplianceConfig:
    made = ComplianceConfig(base_url=f"{chimera.url}/v1", api_key=chimera.key, model=model, timeout=10)
    match surface:
        case "anthropic":
            headers = {"anthropic-version": "2023-06-01"}
            return dataclasses.replace(made, auth_header="x-api-key", use_bearer_prefix=False, extra_headers=headers)
        case "google-genai":
            return dataclasses.replace(made, auth_header="x-goog-api-key", use_bearer_prefix=False)
        case _:
            return made


async def verdict(case: TestCase, judge: TestRunner, fake: FakeUpstream) -> TestResult:
    """Put one check; the model behind calls a tool where that is what the check waits for."""
    if "tool-calling" in case.id:
        fake.next(_WEATHER)
    return await asyncio.to_thread(judge.run_one, case)


def judge(surface: str, chimera: Running, model: str) -> TestRunner:
    return TestRunner(config(surface, chimera, model), checks(surface), loaded(surface))
