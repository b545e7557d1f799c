"""What the web app costs a browser: `python -m benchmarks.web_app [--messages 1000] [--rounds 5]`.

A conversation of many messages of mixed Markdown in Chromium, at 1280 by 800, against the real server on this machine,
beside what others publish of theirs. Elements are all of the document's, counted at 40 places of the conversation.
"""

import argparse
import asyncio
import gzip
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from playwright.async_api import Browser, CDPSession, Page, async_playwright
from tests.browser.conftest import ARGUMENTS
from tests.browser.long_talk import (
    MESSAGES,
    SCREEN,
    asked_before_view,
    end,
    long_talk,
    nodes,
    nodes_along_the_way,
    note_view,
    seen_ms,
    to_the_beginning,
)
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running, running

from benchmarks.report import machine, today
from chimera.bootstrap.logging import configure
from chimera.bootstrap.places import web_app
from chimera.bootstrap.settings import load
from chimera.store.migrate import migrate

STOPS: Final = 40
TYPED: Final = "Forty letters make a sentence to measure"
PEERS: Final = (
    (
        "LibreChat, 300 messages (its own benchmark, e2e/benchmarks-mobile-chat, 2026-09)",
        "121,000-127,000",
        "",
        "",
        "",
        "",
    ),
    (
        "assistant-ui 0.15.21, its default list, 300 messages (probe, 2026-11-20)",
        "10,965",
        "758",
        "3,189 of script",
        "313",
        "",
    ),
)


class Visit(NamedTuple):
    """One round.

    Attributes:
        first_view_ms: From asking for the page until the last message is shown, nothing being cached.
        requests: Answered meanwhile.
        sent_kb: In their bodies, packed as they are.
        again_ms: The same, what was fetched once being cached.
        most_nodes: At the worst of all places.
        script_ms: Of 40 characters, all messages being fetched.
        task_ms: The same with layout and paint.
    """

    first_view_ms: float
    requests: float
    sent_kb: float
    again_ms: float
    end_nodes: float
    most_nodes: float
    script_ms: float
    task_ms: float


def entry_files(built: Path) -> list[Path]:
    """Every script that must be there before anything can be seen: the entry, and all that it imports."""
    page = (built / "index.html").read_text(encoding="utf-8")
    found: dict[str, None] = {}
    _follow(built / "assets", re.findall(r'src="/assets/([^"]+\.js)"', page), found)
    return [built / "assets" / name for name in found]


def _follow(assets: Path, names: Iterable[str], found: dict[str, None]) -> None:
    for name in names:
        if name not in found:
            found[name] = None
            code = (assets / name).read_text(encoding="utf-8")
            _follow(assets, re.findall(r'(?:from|import)\s*"\./([^"]+\.js)"', code), found)


def gzip_kb(files: Iterable[Path]) -> float:
    """Kilobytes of 1000 bytes, each file packed by itself as servers do."""
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) / 1000


async def _metrics(cdp: CDPSession) -> tuple[float, float]:
    found = {one["name"]: one["value"] for one in (await cdp.send("Performance.getMetrics"))["metrics"]}
    return found["ScriptDuration"] * 1000, found["TaskDuration"] * 1000


async def _typing(page: Page) -> tuple[float, float]:
    field = page.get_by_role("textbox", name="Message", exact=True)
    await field.focus()
    await nodes(page)
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Performance.enable")
    before = await _metrics(cdp)
    await page.keyboard.type(TYPED)
    after = await _metrics(cdp)
    await field.fill("")
    return after[0] - before[0], after[1] - before[1]


async def _opened(page: Page, path: str) -> float:
    await page.goto(path, wait_until="commit")
    return await seen_ms(page)


async def _visit(browser: Browser, server: Running, path: str, last: str) -> Visit:
    context = await browser.new_context(base_url=server.url, locale="en-GB", viewport=SCREEN)
    await context.request.post("/api/v1/session", data={"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
    page = await context.new_page()
    await note_view(page, last)
    first_view_ms = await _opened(page, path)
    asked = await asked_before_view(page)
    again_ms = await _opened(page, path)
    end_nodes = await nodes(page)
    await to_the_beginning(page)
    along = await nodes_along_the_way(page, STOPS)
    script_ms, task_ms = await _typing(page)
    await context.close()
    return Visit(first_view_ms, asked.requests, asked.sent_kb, again_ms, end_nodes, max(along), script_ms, task_ms)


async def measure(messages: int, rounds: int) -> list[Visit]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/chimera.db"
        await migrate(url)
        async with running(url, {}, {"data_dir": Path(folder)}) as server, async_playwright() as playwright:
            path = await long_talk(server, messages)
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
            visits = [await _visit(browser, server, path, end(messages // 2)) for _ in range(rounds)]
            await browser.close()
    return visits


def _table(messages: int, visits: list[Visit], entry_kb: float) -> str:
    middle = Visit(*(statistics.median(column) for column in zip(*visits, strict=True)))
    own = (
        f"Chimera, {messages:,} messages",
        f"{middle.end_nodes:.0f} at the end, {middle.most_nodes:.0f} at most",
        f"{middle.script_ms:.0f} ({middle.task_ms:.0f} with layout and paint)",
        f"{middle.first_view_ms:.0f} ({middle.again_ms:.0f} again)",
        f"{entry_kb:.1f}",
        f"{middle.requests:.0f} requests, {middle.sent_kb:.0f} kB",
    )
    head = ("", "elements", "script for 40 characters, ms", "first view, ms", "entry, kB gzip", "before the first view")
    rows = [head, ("---",) * len(head), own, *((name, *(cell or "-" for cell in cells)) for name, *cells in PEERS)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.web_app", description=__doc__)
    options.add_argument("--messages", type=int, default=MESSAGES)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    configure(load({}, {"log_level": "error"}))
    visits = asyncio.run(measure(chosen.messages, chosen.rounds))
    for visit in visits:
        sys.stdout.write(", ".join(f"{name} {value:.0f}" for name, value in visit._asdict().items()) + "\n")
    entry_kb = gzip_kb(entry_files(web_app()))
    sys.stdout.write(f"{today()}, {machine()}, median of {chosen.rounds}\n\n")
    sys.stdout.write(_table(chosen.messages, visits, entry_kb) + "\n")


if __name__ == "__main__":
    main()
