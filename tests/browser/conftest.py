"""One Chromium for all, and for each test the real server, a fake upstream, and people who look at the app."""

import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect
from tests.browser.app import App
from tests.fakes import FakeUpstream
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD, Running, provider_environment, running

from chimera.bootstrap.places import web_app

FRONTEND = Path(__file__).parents[2] / "frontend"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A test picture, for who is allowed the camera.
    "--use-fake-device-for-media-stream",
)

# A machine that does other things as well is slow, and nothing of the app is wrong then.
expect.set_options(timeout=15_000)

Serve = Callable[..., Awaitable[Running]]
Visit = Callable[..., Awaitable[App]]


@pytest.fixture(scope="session")
def built_app() -> Path:
    """The built web app; it fails, and never skips, where there is none."""
    folder = web_app()
    if not (folder / "index.html").is_file():
        pytest.fail("the web app is not built; run: make install", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker, as JavaScript."""
    file = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
    if not file.is_file():
        pytest.fail("axe-core is not installed; run: make install", pytrace=False)
    return file.read_text(encoding="utf-8")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(built_app: Path) -> AsyncGenerator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is not installed; run: apt-get install -y chromium", pytrace=False)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def fake() -> AsyncGenerator[FakeUpstream]:
    # Longer than the gateway is willing to wait: a rate limit is told, not sat out.
    async with FakeUpstream(keys={"good-key"}, retry_after_s=90) as upstream:
        yield upstream


@pytest.fixture
def providers(fake: FakeUpstream) -> dict[str, str]:
    return provider_environment(fake, "openai", "anthropic")


@pytest_asyncio.fixture(loop_scope="session")
async def stack() -> AsyncGenerator[AsyncExitStack]:
    """What has to outlive the browsers of a test."""
    async with AsyncExitStack() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def serve(stack: AsyncExitStack, sqlite_url: str, tmp_path: Path) -> Serve:
    """Start Chimera on the database of the test, with the providers of an environment and further settings."""

    async def start(variables: Mapping[str, str], **flags: object) -> Running:
        return await stack.enter_async_context(running(sqlite_url, variables, {"data_dir": tmp_path} | flags))

    return start


@pytest_asyncio.fixture(loop_scope="session")
async def chimera(serve: Serve, providers: dict[str, str]) -> Running:
    return await serve(providers, default_model="openai/gpt-5")


@pytest_asyncio.fixture(loop_scope="session")
async def people(chromium: Browser, stack: AsyncExitStack) -> AsyncGenerator[Visit]:
    """Open browsers, each with cookies and storage of its own; afterwards none of them may have complained."""
    contexts: list[BrowserContext] = []
    apps: list[App] = []

    async def visit(url: str, path: str = "/", *, signed_in: bool = True, **options: Any) -> App:
        context = await chromium.new_context(base_url=url, locale="en-GB", **options)
        contexts.append(context)
        if signed_in:
            credentials = {"email": OWNER_EMAIL, "password": OWNER_PASSWORD}
            answer = await context.request.post("/api/v1/session", data=credentials)
            assert answer.ok
        app = await App.open(context, url, path)
        apps.append(app)
        return app

    yield visit
    # Before they are closed, which breaks off what they are about to ask.
    complaints = [complaint for app in apps for complaint in app.complaints()]
    for context in contexts:
        await context.close()
    assert not complaints


@pytest_asyncio.fixture(loop_scope="session")
async def app(people: Visit, chimera: Running) -> App:
    """Somebody signed in, before a new chat."""
    return await people(chimera.url)
