"""CompatCanary, which trusts no label, finds what it calls OpenAI-compatible in front of every kind of provider."""

import json
from pathlib import Path

import pytest
from tests.agents.driving import run
from tests.fakes import FLAVOURS, Answer, FakeUpstream
from tests.serving import HOSTED, provider_environment, running
from tests.surfaces.requirements import requirement

# What the provider itself does not have.
NOT_THERE = {"ollama": {"chat.tool_call"}}  # no forced tools: https://docs.ollama.com/capabilities/tool-calling


@requirement("judges.compatcanary")
@pytest.mark.parametrize("kind", HOSTED)
async def test_every_probe_passes(kind: str, sqlite_url: str, tmp_path: Path) -> None:
    variables = {"AZURE_OPENAI_DEPLOYMENTS": FLAVOURS["azure"].models[0]} if kind == "azure" else {}
    async with FakeUpstream(keys={"good-key"}) as fake:
        # DeepSeek is told schemas in words, which the fake does not read.
        fake.say(Answer(text='{"status": "ok"}') if kind == "deepseek" else Answer())
        environment = provider_environment(fake, kind) | variables
        async with running(sqlite_url, environment, {"data_dir": tmp_path}) as chimera:
            await chimera.house.gateway.keeper.refresh()
            model = f"{kind}/{FLAVOURS[kind].models[0]}"
            ran = await run(
                "compatcanary", "scan", "--base-url", f"{chimera.url}/v1", "--model", model, "--format", "json",
                folder=tmp_path,
                variables={"OPENAI_API_KEY": chimera.key},
            )  # fmt: skip
    probes = {probe["id"]: probe["status"] for probe in json.loads(ran.said)["results"]}
    assert len(probes) == 7
    assert {probe for probe, status in probes.items() if status != "pass"} == NOT_THERE.get(kind, set())
