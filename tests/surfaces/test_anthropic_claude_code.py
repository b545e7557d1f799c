"""Claude Code itself, as Anthropic ships it, at work through Chimera: it reads two files and reports."""

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.answer import Answer, ToolUse
from tests.surfaces.anthropic_stage import Stage, stage
from tests.surfaces.requirements import requirement

AGENTS = Path(__file__).parents[2] / "tools" / "agents" / "node_modules"
RUN_TIMEOUT_S = 50
THOUGHT = "Two files, so two reads."
QUESTION = "What do the two notes say?"
SIDE_MODEL = "ollama/llama3.2:latest"  # for what it asks aside: titles, summaries


@pytest.fixture
async def on(sqlite_template: Path, tmp_path: Path) -> AsyncGenerator[Stage]:
    async with stage(sqlite_template, tmp_path) as made:
        yield made


def program() -> Path:
    """The command that its package brings for this machine; `make test` installs it."""
    found = sorted(AGENTS.glob("@anthropic-ai/claude-code-*/claude"))
    assert found, "Claude Code is not installed: run `make .venv/.agents`."
    return found[0]


async def work(on: Stage, folder: Path, model: str) -> dict[str, Any]:
    """Let it answer the question in a folder of its own, and return its report."""
    home = folder / "home"
    home.mkdir()
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "ANTHROPIC_BASE_URL": on.chimera.url,
        "ANTHROPIC_API_KEY": on.chimera.key,
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": SIDE_MODEL,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        # Whatever it would like to reach elsewhere, it cannot.
        "HTTPS_PROXY": on.fake.unreachable_url,
        "NO_PROXY": "127.0.0.1",
    }
    command = (str(program()), "-p", QUESTION, "--output-format", "json", "--allowedTools", "Read", "--model", model)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(RUN_TIMEOUT_S):
            said, complaints = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, (said + complaints).decode()
    told = json.loads(said)
    return next(entry for entry in told if entry["type"] == "result") if isinstance(told, list) else told


@requirement("agents.claude_code")
@pytest.mark.parametrize(
    "model",
    ["anthropic/claude-sonnet-5-5", "openai/gpt-5", "gemini/gemini-2.5-pro", "deepseek/deepseek-chat"],
    ids=lambda model: model.partition("/")[0],
)
async def test_claude_code_reads_two_files_at_once_and_answers(on: Stage, tmp_path: Path, model: str) -> None:
    notes = {tmp_path / "one.txt": "swordfish", tmp_path / "two.txt": "marlin"}
    for file, word in notes.items():
        file.write_text(f"The password is {word}.\n", encoding="utf-8")
    calls = tuple(ToolUse(name="Read", arguments=json.dumps({"file_path": str(file)})) for file in notes)
    provider = model.partition("/")[0]
    on.fake.next(
        Answer(text="Let me look.", reasoning=THOUGHT, tool_calls=calls),
        Answer(text="Fish, both of them."),
        flavour=provider,
    )
    report = await work(on, tmp_path, model)
    assert (report["result"], report["is_error"], report["num_turns"]) == ("Fish, both of them.", False, 3)
    assert report["usage"]["input_tokens"] > 100
    asked = [request for request in on.fake.requests if request.flavour == provider and request.method == "POST"]
    last = asked[-1]
    assert all(word.encode() in last.body for word in notes.values())
    assert QUESTION.encode() in last.body
    if provider == "anthropic":
        assert "claude-code" in last.headers["anthropic-beta"]
        assert last.json["context_management"]
    if provider in {"anthropic", "deepseek"}:
        assert THOUGHT.encode() in last.body
