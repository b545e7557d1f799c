"""The server is killed in the middle of an answer and started again: what was shown stays, and goes on."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect
from tests.browser.app import IN_BROWSER
from tests.browser.conftest import Visit
from tests.browser.texts import COUNT, FIRST, LAST, WORDS, slowly
from tests.durability.replica import replica
from tests.fakes import Answer, FakeUpstream

pytestmark = IN_BROWSER


@pytest.mark.timeout(180)
async def test_an_answer_that_a_kill_cut_is_kept_and_continued_and_what_was_said_meanwhile_is_sent(
    people: Visit, fake: FakeUpstream, sqlite_url: str, tmp_path: Path
) -> None:
    words = WORDS.split()
    async with replica(sqlite_url, fake, tmp_path, default_model="openai/gpt-5") as first:
        app = await people(first.url)
        app.expect_complaints("ERR_")
        fake.next(slowly(seconds=20))
        await app.send("Count")
        await app.partial(FIRST, LAST)
        await app.partial("word-5 ", LAST)
        await first.kill()
        await expect(app.answer).to_contain_text("Reconnecting")
    # Another chat is begun while nobody is there.
    await app.page.get_by_role("link", name="New chat").click()
    await app.send("Is anybody there?")
    waiting = app.page.get_by_role("region", name="Messages that wait").get_by_role("listitem")
    await expect(waiting).to_have_count(1)

    fake.next(Answer(text="I am back."))
    async with replica(sqlite_url, fake, tmp_path, default_model="openai/gpt-5", port=str(_port(first.url))):
        await expect(app.messages).to_have_count(2)
        await app.idle()
        await expect(app.answer).to_contain_text("I am back.")
        await expect(waiting).to_have_count(0)
        await app.conversations.filter(has_text="Count").click()
        await expect(app.answer.get_by_role("alert")).to_contain_text("cut off by a restart of the server")
        kept = await app.answer.inner_text()
        known = sum(f"{word} " in kept.replace("\n", " ") for word in words)
        assert 5 <= known < COUNT
        fake.next(Answer(text=" and so on, to the end."))
        await app.answer.get_by_role("button", name="Continue").click()
        await expect(app.answer).to_contain_text("and so on, to the end.")
        await expect(app.answer).to_contain_text("word-1 word-2")
        await app.page.reload()
        await expect(app.messages).to_have_count(2)
        await expect(app.answer).to_contain_text("and so on, to the end.")
        await app.page.context.close()


def _port(url: str) -> int:
    return urlsplit(url).port or 0
