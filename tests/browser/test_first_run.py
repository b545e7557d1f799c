"""The first minutes: one command in an empty folder, what it says, and all that follows in the browser."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest
from playwright.async_api import expect
from tests.browser.app import IN_BROWSER
from tests.browser.conftest import Visit

from chimera.tenancy.first_run import DEFAULT_EMAIL

pytestmark = IN_BROWSER

SRC = Path(__file__).parents[2] / "src"


async def said_until_it_serves(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(60):
        return (await process.stdout.readuntil(b"Ctrl+C")).decode()


def told(said: str, name: str) -> str:
    found = re.search(rf"^ +{name} +(\S+)$", said, re.MULTILINE)
    assert found is not None, said
    return found[1]


@pytest.mark.timeout(180)
async def test_who_starts_it_with_nothing_gets_in_with_what_the_terminal_says_and_is_answered(
    people: Visit, tmp_path: Path
) -> None:
    environment = {"PATH": os.defpath, "PYTHONPATH": str(SRC), "CHIMERA_PORT": "0", "CHIMERA_DATA_DIR": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chimera", "serve", "--migrate"),
        cwd=tmp_path,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        said = await said_until_it_serves(process)
        address = re.search(r"ready at (\S+)", said)
        assert address is not None, said
        assert "a tiny demonstration model answers, often wrongly" in said
        assert told(said, "Email") == DEFAULT_EMAIL

        app = await people(address[1], signed_in=False)
        await app.page.get_by_label("Email").fill(told(said, "Email"))
        await app.page.get_by_label("Password", exact=True).fill(told(said, "Password"))
        await app.page.get_by_role("button", name="Sign in", exact=True).click()

        notice = app.page.get_by_role("complementary", name="You are talking to the demonstration model")
        await expect(notice).to_contain_text("Its answers are often wrong.")
        await expect(app.composer).to_be_focused()
        await app.send("Say hello.")
        await expect(app.answer.get_by_role("button", name="Copy answer")).to_be_visible(timeout=60_000)
        await expect(app.answer).to_contain_text(re.compile(r"\w{2,}"))
        await expect(app.conversations).to_have_count(1)

        # The key of the terminal asks the same model, and what was said is in the books.
        key = {"Authorization": f"Bearer {told(said, 'API key')}"}
        listed = await app.page.context.request.get("/v1/models", headers=key)
        assert "local/smollm2-135m-instruct" in [model["id"] for model in (await listed.json())["data"]]
        await app.page.goto("/admin")
        await expect(app.page.get_by_role("heading", name="Overview")).to_be_visible()
        costly = app.page.get_by_role("list", name="Models that cost most")
        await expect(costly).to_contain_text("local/smollm2-135m-instruct")
        # What it is about to ask must not find the server gone.
        await app.page.goto("about:blank")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
    assert process.returncode == 0
