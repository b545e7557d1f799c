"""OpenAI's Codex, which speaks the Responses API only, does a task with a tool through Chimera."""

import json
from pathlib import Path

import pytest
from tests.agents.driving import run
from tests.fakes import FLAVOURS, Answer, FakeUpstream, ToolUse
from tests.serving import provider_environment, running
from tests.surfaces.requirements import requirement

CONFIG = """
model = "{model}"
model_provider = "chimera"
[model_providers.chimera]
name = "Chimera"
base_url = "{url}/v1"
env_key = "CHIMERA_API_KEY"
wire_api = "responses"
"""
WRITE = ToolUse(name="exec_command", arguments=json.dumps({"cmd": "echo forty-two > proof.txt"}))


@requirement("agents.codex")
@pytest.mark.parametrize("kind", ["openai", "anthropic", "gemini", "deepseek", "ollama"])
async def test_codex_finishes_a_task_with_a_tool(kind: str, sqlite_url: str, tmp_path: Path) -> None:
    async with FakeUpstream(keys={"good-key"}) as fake:
        fake.next(Answer(text="I write it down.", tool_calls=(WRITE,)), Answer(text="It is written down."))
        async with running(sqlite_url, provider_environment(fake), {"data_dir": tmp_path}) as chimera:
            model = f"{kind}/{FLAVOURS[kind].models[0]}"
            (tmp_path / "config.toml").write_text(CONFIG.format(model=model, url=chimera.url))
            ran = await run(
                "codex", "exec", "--json", "--skip-git-repo-check", "-s", "danger-full-access", "Write forty-two down.",
                folder=tmp_path,
                variables={"CODEX_HOME": str(tmp_path), "CHIMERA_API_KEY": chimera.key},
            )  # fmt: skip
    items = [json.loads(line).get("item", {}) for line in ran.said.splitlines() if line.startswith("{")]
    messages = [item["text"] for item in items if item.get("type") == "agent_message"]
    assert messages == ["I write it down.", "It is written down."], ran.complained or ran.said
    assert (tmp_path / "proof.txt").read_text() == "forty-two\n"
    assert ran.status == 0
