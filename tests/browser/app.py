"""The web app as a person meets it: by roles and names, never by classes; and a witness of all it complains about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request, expect
from tests.serving import OWNER_EMAIL

IN_BROWSER = [
    pytest.mark.browser,
    # One browser and one loop for all of them.
    pytest.mark.asyncio(loop_scope="session"),
]

_OWN_SCHEMES = frozenset({"data", "blob"})
_SAYS_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass(kw_only=True)
class Witness:
    """Hears everything that a page says to the console, and sees everything that it asks for.

    Without slots: Playwright keeps its own notes on the object whose methods it calls.
    """

    origin: str
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("request", self._see)

    def foreign(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(f"{self.origin}/")]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        place = message.location.get("url", "")
        # Nobody being signed in is an answer, which the browser reports nevertheless.
        if urlsplit(place).path == "/api/v1/session" and "401" in message.text:
            return
        self.errors.append(f"{message.type}: {message.text} ({place})")

    def _see(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in _OWN_SCHEMES:
            self.asked.append(request.url)


@dataclass(slots=True, kw_only=True)
class App:
    """One open page of the app."""

    page: Page
    witness: Witness
    expected: list[str] = field(default_factory=list)

    @classmethod
    async def open(cls, context: BrowserContext, url: str, path: str) -> Self:
        """Open a page of the context, and wait until one can work with it."""
        await context.add_init_script(_SAYS_VIOLATIONS)
        page = await context.new_page()
        opened = cls(page=page, witness=Witness(origin=url))
        opened.witness.watch(page)
        await page.goto(path)
        await page.get_by_role("textbox").first.wait_for()
        return opened

    async def another_tab(self) -> "App":
        """Open the same address beside this one; its complaints count as this one's."""
        page = await self.page.context.new_page()
        self.witness.watch(page)
        await page.goto(self.page.url)
        return App(page=page, witness=self.witness)

    def expect_complaints(self, *patterns: str) -> None:
        """Name what the browser will rightly report in this test."""
        self.expected.extend(patterns)

    def complaints(self) -> Sequence[str]:
        all_of_them = (*self.witness.errors, *(f"asked elsewhere: {url}" for url in self.witness.foreign()))
        return [one for one in all_of_them if not any(re.search(known, one) for known in self.expected)]

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def send_button(self) -> Locator:
        return self.page.get_by_role("button", name="Send message")

    @property
    def stop_button(self) -> Locator:
        return self.page.get_by_role("button", name="Stop answering")

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("log", name="Messages").get_by_role("article")

    @property
    def answer(self) -> Locator:
        """The latest message."""
        return self.messages.last

    @property
    def picker(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^Model:"))

    @property
    def conversations(self) -> Locator:
        """The links of the list."""
        return self.page.get_by_role("navigation", name="Conversation list").get_by_role("link")

    async def sign_in(self, password: str) -> None:
        await self.page.get_by_label("Email").fill(OWNER_EMAIL)
        await self.page.get_by_label("Password", exact=True).fill(password)
        await self.page.get_by_role("button", name="Sign in", exact=True).click()

    async def pick(self, words: str) -> None:
        """Choose the first model that fits."""
        await self.picker.click()
        await self.page.get_by_role("combobox", name="Search models").fill(words)
        await self.page.keyboard.press("Enter")
        await expect(self.picker).to_contain_text(words)

    async def send(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def ask(self, text: str) -> None:
        """Send, and wait for the end of the answer."""
        is_first = await self.messages.count() == 0
        size = "" if is_first else await self.answer.get_attribute("aria-setsize") or ""
        await self.send(text)
        if not is_first:  # until it is under way, the answer before it is the latest
            await expect(self.answer).not_to_have_attribute("aria-setsize", size)
        await self.idle()

    async def idle(self) -> None:
        """Wait until an answer stands there and none is being written."""
        await expect(self.answer.get_by_role("button", name="Copy answer")).to_be_visible()
        await expect(self.stop_button).to_have_count(0)

    async def partial(self, first: str, last: str) -> None:
        """Wait for a moment at which `first` can be read in the messages while `last` is not there yet."""
        await self.page.wait_for_function(
            """([first, last]) => {
              const text = document.querySelector("[role=log]")?.innerText ?? "";
              return text.includes(first) && !text.includes(last);
            }""",
            arg=[first, last],
        )
