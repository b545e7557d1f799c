"""Codex keeps some tools in namespaces, which no other provider than OpenAI knows: they are called all the same."""

from pathlib import Path

from tests.agents.driving import run
from tests.agents.test_codex import CONFIG
from tests.fakes import Answer, FakeUpstream, ToolUse
from tests.serving import provider_environment, running
from tests.surfaces.requirements import requirement

CLOSE = ToolUse(name="multi_agent_v1__close_agent", arguments='{"target":"nobody"}')


@requirement("agents.codex")
async def test_a_tool_of_a_namespace_is_called_by_a_model_of_another_provider(sqlite_url: str, tmp_path: Path) -> None:
    async with FakeUpstream(keys={"good-key"}) as fake:
        fake.next(Answer(text="I end it.", tool_calls=(CLOSE,)), Answer(text="There is none."))
        environment = provider_environment(fake, "anthropic")
        async with running(sqlite_url, environment, {"data_dir": tmp_path}) as chimera:
            model = "anthropic/claude-sonnet-5-5"
            (tmp_path / "config.toml").write_text(CONFIG.format(model=model, url=chimera.url))
            ran = await run(
                "codex", "exec", "--json", "--skip-git-repo-check", "-s", "danger-full-access", "End the agent.",
                folder=tmp_path,
                variables={"CODEX_HOME": str(tmp_path), "CHIMERA_API_KEY": chimera.key},
            )  # fmt: skip
        asked = fake.requests[-1].json
    assert ran.status == 0, ran.complained
    assert CLOSE.name in [tool["name"] for tool in asked["tools"]]
    (result,) = asked["messages"][-1]["content"]
    said = result["content"][0]["text"]
    # Codex ran the tool, which knows no such agent; a name that it cannot place is an "unsupported call".
    assert "invalid agent id nobody" in said
