"""Pictures of every page at two widths and in two themes, of a house in which people work: `make screens`.

To be looked at by somebody, not to be compared by a machine. Some only: `python -m tests.browser.screens --only NAME`.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
from playwright.async_api import Browser, Page, async_playwright
from tests.browser.conftest import ARGUMENTS
from tests.browser.texts import MARKDOWN
from tests.fakes import Answer, FakeUpstream
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running, provider_environment, running

from chimera.store.migrate import migrate

WIDTHS: Final[dict[str, dict[str, Any]]] = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "narrow": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
THEMES: Final = ("light", "dark")
# As the router has them (`frontend/src/app/areas`); what a test keeps complete.
SIGNED_OUT: Final = ("/sign-in", "/new-password", "/verify", "/invitation")
_ADMIN: Final = (
    *("audit", "budgets", "cache", "encryption", "experiments", "groups", "jobs", "keys", "ledger", "limits", "models"),
    *("organisations", "policies", "privacy", "providers", "roles", "routing", "savings", "shares", "sso"),
    *("token-issuers", "usage", "users", "webhooks"),
)
PAGES: Final = (
    *(
        "/",
        "/shared/$token",
        "/c/$conversationId",
        "/c/$conversationId/panel",
        "/c/$conversationId/print",
        "/panels/new",
    ),
    *("/search", "/memory", "/library/prompts", "/library/prompts/$id", "/library/personas", "/library/personas/$id"),
    *(
        "/settings",
        "/settings/appearance",
        "/settings/data",
        "/settings/security",
        "/settings/shares",
        "/settings/shortcuts",
    ),
    *("/admin", *(f"/admin/{name}" for name in _ADMIN)),
)
TOPICS: Final = ("The lease of the harbour office", "Names for the new ferry", "A birthday in Porto", "Tides in March")
CREDENTIALS: Final = {"email": OWNER_EMAIL, "password": OWNER_PASSWORD}
# A skeleton is no page: until nothing has been under way for half a second.
_QUIET: Final = """async () => {
  await document.fonts.ready;
  for (let calm = 0, tries = 0; calm < 10 && tries < 300; tries += 1) {
    await new Promise((go) => setTimeout(go, 50));
    calm = document.querySelector("[aria-busy=true]") === null ? calm + 1 : 0;
  }
}"""


async def furnished(http: httpx2.AsyncClient, fake: FakeUpstream) -> dict[str, str]:
    """Fill the house as some weeks of work would; by their patterns, the addresses that need an id."""
    fake.say(Answer(text=MARKDOWN, reasoning="Begin with what is known."))
    talks = [await _talk(http, topic) for topic in TOPICS]
    folder = await _post(http, "/folders", {"name": "Harbour"})
    await _sent(http, "PATCH", "/conversations", {"conversation_ids": talks[:2], "folder_id": folder["id"]})
    await _sent(
        http, "PATCH", "/conversations", {"conversation_ids": talks[:1], "pinned": True, "add_tags": ["urgent"]}
    )
    fake.say(Answer(text="Keep the old lease, and ask for a year more."))
    for statement in ("I live in Porto.", "My daughter Inês is seven.", "I prefer short answers."):
        await _post(http, "/memories", {"statement": statement})
    asked = {"name": "Minutes", "command": "minutes", "description": "What was decided, by whom.", "text": _TEMPLATE}
    asked["variables"] = [{"name": "meeting"}]
    prompt = await _post(http, "/prompts", asked)
    persona = {"name": "Ada", "description": "Counts before she speaks.", "colour": "#7c3aed", "avatar": "🦊"}
    made = await _post(http, "/personas", persona | {"model": "openai/gpt-5", "text": "You count before you speak."})
    month = {"kind": "tenant", "name": "The whole house", "limit": "25", "period": "month"}
    await _post(http, "/budgets", month)
    await _post(http, "/keys", {"name": "Nightly reports"})
    await _post(http, "/groups", {"name": "Harbour office"})
    tried = {"name": "try-mini", "model": "openai/gpt-5", "challenger": "openai/gpt-5-mini", "share": 0.05}
    await _sent(http, "PUT", "/policies/experiments", {"running": [tried]})
    await _post(http, "/privacy/legal-holds", {"conversation_id": talks[0], "reason": "The dispute about the lease."})
    share = await _post(http, f"/conversations/{talks[0]}/shares", {"audience": "organisation"})
    panel = await _panel(http)
    return {
        "/c/$conversationId": f"/c/{talks[0]}",
        "/c/$conversationId/print": f"/c/{talks[0]}/print",
        "/c/$conversationId/panel": f"/c/{panel}",
        "/library/prompts/$id": f"/library/prompts/{prompt['id']}",
        "/library/personas/$id": f"/library/personas/{made['id']}",
        "/shared/$token": str(share["path"]),
        "/search": "/search?q=second",
    }


_TEMPLATE: Final = "Write the minutes of {{ meeting }}."


async def _talk(http: httpx2.AsyncClient, topic: str) -> str:
    made = await _post(http, "/conversations", {"title": topic, "model": "openai/gpt-5"})
    for text in (f"{topic}: what should I know?", "And what would you do?"):
        await _post(http, f"/conversations/{made['id']}/messages", {"text": text})
    return str(made["id"])


async def _panel(http: httpx2.AsyncClient) -> str:
    made = await _post(http, "/conversations", {"title": "Should we build a second quay?"})
    members = [{"handle": "Ada", "model": "openai/gpt-5"}, {"handle": "Bruno", "model": "anthropic/claude-haiku-4-5"}]
    body = {"participants": members, "policy": {"kind": "round_robin"}, "limits": {"budget_usd": "0.50"}}
    await _sent(http, "PUT", f"/conversations/{made['id']}/panel", body)
    await _post(http, f"/conversations/{made['id']}/panel/run", {"text": "Should we build a second quay?"})
    return str(made["id"])


async def _post(http: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return await _sent(http, "POST", path, body)


async def _sent(http: httpx2.AsyncClient, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await http.request(method, f"/api/v1{path}", json=body)
    assert answer.is_success, f"{path}: {answer.text}"
    made: dict[str, Any] = answer.json() if answer.content else {}
    return made


@asynccontextmanager
async def house(folder: Path) -> AsyncGenerator[tuple[Running, dict[str, str]]]:
    url = f"sqlite:///{folder / 'chimera.db'}"
    await migrate(url)
    async with FakeUpstream(keys={"good-key"}) as fake:
        flags = {"data_dir": folder, "default_model": "openai/gpt-5"}
        variables = provider_environment(fake, "openai", "anthropic")
        async with (
            running(url, variables, flags) as server,
            httpx2.AsyncClient(base_url=server.url, timeout=60) as http,
        ):
            await _post(http, "/session", CREDENTIALS)
            http.headers["origin"] = server.url
            yield server, await furnished(http, fake)


def name_of(page: str) -> str:
    """What its picture is called."""
    return page.strip("/").replace("/", "-").replace("$", "") or "start"


async def pictured(browser: Browser, server: Running, addresses: dict[str, str], folder: Path, only: str) -> None:
    for width, options in WIDTHS.items():
        for theme in THEMES:
            context = await browser.new_context(
                base_url=server.url, locale="en-GB", color_scheme=theme, reduced_motion="reduce", **options
            )
            page = await context.new_page()
            for path in SIGNED_OUT:
                await _picture(page, addresses.get(path, path), folder / f"{name_of(path)}.{width}.{theme}.png", only)
            await context.request.post("/api/v1/session", data=CREDENTIALS)
            for path in PAGES:
                await _picture(page, addresses.get(path, path), folder / f"{name_of(path)}.{width}.{theme}.png", only)
            await context.close()


async def _picture(page: Page, path: str, file: Path, only: str) -> None:
    if only in file.name:
        await page.goto(path)
        await page.evaluate(_QUIET)
        await page.screenshot(path=file)
        sys.stdout.write(f"{file}\n")


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--to", type=Path, default=Path("data/screens"))
    options.add_argument("--only", default="", help="part of a picture's name")
    chosen = options.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as (server, addresses), async_playwright() as playwright:
            program = shutil.which("chromium")
            browser = await playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
            await pictured(browser, server, addresses, chosen.to, chosen.only)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
