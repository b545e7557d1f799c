"""The admin area: what is tried, counted, shared, held, erased and sealed, looked after by a person."""

import json
import re
from uuid import UUID

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Locator, Page, expect
from tests.browser.app import IN_BROWSER
from tests.browser.conftest import Visit
from tests.fakes import Answer, FakeUpstream
from tests.serving import Running
from tests.spend.pages import entry, write

from chimera.kit.clock import utc_now

pytestmark = IN_BROWSER


async def _go(page: Page, place: str) -> None:
    await (
        page.get_by_role("navigation", name="Pages of the administration")
        .get_by_role("link", name=place, exact=True)
        .click()
    )
    await expect(page.get_by_role("heading", name=place, exact=True, level=1)).to_be_visible()


async def _make(page: Page, name: str) -> Locator:
    await page.get_by_role("button", name=name).first.click()
    drawer = page.get_by_role("dialog", name=name)
    await expect(drawer).to_be_visible()
    return drawer


@pytest.mark.timeout(180)
async def test_experiments_ledger_links_holds_erasures_and_keys_are_looked_after(
    people: Visit, chimera: Running, fake: FakeUpstream
) -> None:
    fake.say(Answer(text="The answer."))
    async with AsyncClient(base_url=f"{chimera.url}/api/v1", headers=chimera.headers, timeout=60) as http:
        assert (await http.put("/policies/layout", json={"measure": True})).is_success
        talk = (await http.post("/conversations", json={"title": "The lease", "model": "openai/gpt-5"})).json()
        assert (await http.post(f"/conversations/{talk['id']}/messages", json={"text": "Hello"})).is_success
        link = (await http.post(f"/conversations/{talk['id']}/shares", json={"audience": "organisation"})).json()
        assert (await http.post("/service-accounts", json={"name": "Old bot"})).is_success
        app = await people(chimera.url)
        app.expect_complaints(r"\b422\b")
        page = app.page
        await page.goto("/admin/experiments")
        await _try_a_model(page)
        await _read_the_ledger(page)
        await _see_what_is_saved(page)
        await _prove_the_books(page, chimera, http)

        await _go(page, "Shared links")
        await page.get_by_role("row").nth(1).get_by_role("button").click()
        await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        assert (await http.get(link["path"])).status_code == 404

        await _go(page, "Policies")
        await _keep_for_less(page)

        await _go(page, "Privacy")
        await expect(page.get_by_role("row", name="Conversations 400")).to_be_visible()
        await _hold_and_release(page)
        await _erase_the_bot(page)

        await _go(page, "Encryption")
        await _destroy_the_keys(page)
        assert (await http.get(f"/conversations/{talk['id']}")).json()["title"] == ""


async def _try_a_model(page: Page) -> None:
    drawer = await _make(page, "New experiment")
    await drawer.get_by_label("Name").fill("Not a name")
    await drawer.get_by_label("Model, as it is asked for").fill("openai/gpt-5")
    await drawer.get_by_label("Challenger").fill("openai/gpt-5-mini")
    await drawer.get_by_role("button", name="New experiment").click()
    # What the server finds wrong with one of a list stands at its field in the form.
    await expect(drawer.get_by_label("Name")).to_be_focused()
    await expect(drawer.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    await drawer.get_by_label("Name").fill("try-mini")
    await drawer.get_by_role("button", name="New experiment").click()
    await expect(drawer).to_have_count(0)
    await page.get_by_role("button", name="try-mini").click()
    detail = page.get_by_role("dialog", name="try-mini")
    await detail.get_by_label("Share of the calls (%)").fill("10")
    await detail.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("cell", name="10%", include_hidden=True)).to_have_count(1)
    await detail.get_by_role("button", name="End it").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="End it").click()
    await expect(page.get_by_text("No model is being tried")).to_be_visible()


async def _read_the_ledger(page: Page) -> None:
    await _go(page, "Ledger and invoices")
    await page.get_by_role("table", name="Ledger and invoices").get_by_role("row").nth(1).get_by_role("button").click()
    entry = page.get_by_role("dialog")
    await expect(entry.get_by_text("How it was measured")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(entry).to_have_count(0)
    await expect(page.get_by_role("table", name="Invoice of a month").get_by_text("openai/gpt-5")).to_be_visible()


async def _see_what_is_saved(page: Page) -> None:
    await _go(page, "Savings")
    await expect(
        page.get_by_role("region", name="Where the money went").get_by_text("It would have cost")
    ).to_be_visible()
    await expect(page.get_by_role("meter", name="Providers' prompt caches")).to_be_attached()
    check = page.get_by_role("region", name="Check a prompt")
    request = check.get_by_label("Request", exact=True)
    await request.fill("It is half past nine")
    await check.get_by_role("button", name="Check").click()
    # What is no request is told at its field, which has the focus.
    await expect(request).to_have_attribute("aria-invalid", "true")
    await expect(request).to_be_focused()
    asked = {"model": "openai/gpt-5", "messages": [{"role": "system", "content": "It is 2026-03-01 09:30. Be brief."}]}
    asked["messages"].append({"role": "user", "content": "Hi"})
    await request.fill(json.dumps(asked))
    await check.get_by_role("button", name="Check").click()
    finding = check.get_by_role("list", name="Findings").get_by_role("listitem").first
    await expect(finding).to_contain_text("Something that changes stands near the beginning")
    await expect(finding).to_contain_text("Move it into the last message.")


async def _prove_the_books(page: Page, chimera: Running, http: AsyncClient) -> None:
    await _go(page, "Ledger and invoices")
    books = page.get_by_role("region", name="Do the books agree?")
    await expect(books.get_by_text("The books agree to the billionth of a dollar")).to_be_visible()
    asked = {"name": "Everybody's", "kind": "tenant", "period": "month", "limit": "100.00"}
    assert (await http.post("/budgets", json=asked)).is_success
    session = (await http.get("/session")).json()
    tenant, user = UUID(session["tenant"]["id"]), UUID(session["user"]["id"])
    uncounted = entry(tenant, user, cost_nusd=12_000_000_007, held_at=utc_now())
    await write(chimera.house.database, uncounted)
    await books.get_by_role("button", name="Compare again").click()
    wrong = books.get_by_role("table", name="Budgets that count wrongly").get_by_role("row", name="Everybody's")
    await expect(wrong).to_contain_text(re.compile(r"\$12\.0000\d{4}7, held"))
    await expect(books.get_by_text("The books do not agree")).to_be_visible()


async def _keep_for_less(page: Page) -> None:
    kept = page.get_by_role("region", name="How long it is kept")
    await kept.get_by_label("Conversations").fill("400")
    await kept.get_by_role("button", name="Save").click()
    question = page.get_by_role("alertdialog", name="Delete it sooner?")
    await expect(question).to_contain_text("Conversations (400)")
    await question.get_by_role("button", name="Save").click()
    await expect(kept.get_by_role("button", name="Back to the defaults")).to_be_visible()


async def _hold_and_release(page: Page) -> None:
    drawer = await _make(page, "Place a hold")
    await drawer.get_by_label("What is held").select_option(label="The whole organisation")
    await drawer.get_by_label("Why").fill("A dispute")
    await drawer.get_by_role("button", name="Place a hold").click()
    await expect(drawer).to_have_count(0)
    await expect(page.get_by_text("A legal hold of the whole organisation")).to_be_visible()
    await page.get_by_role("button", name="The whole organisation").click()
    await page.get_by_role("dialog").get_by_role("button", name="Release").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Release").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("cell", name="Released")).to_be_visible()


async def _erase_the_bot(page: Page) -> None:
    drawer = await _make(page, "Erase a person")
    send = drawer.get_by_role("button", name="Erase a person")
    await expect(send).to_be_disabled()
    await drawer.get_by_label("Who").select_option(label="Old bot")
    typed = drawer.get_by_label("Type “Old bot” to confirm")
    await typed.fill("old bot")
    await expect(send).to_be_disabled()
    await typed.fill("Old bot")
    await send.click()
    detail = page.get_by_role("dialog", name="Erasure")
    await expect(detail).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(detail).to_have_count(0)


async def _destroy_the_keys(page: Page) -> None:
    await page.get_by_role("button", name="Change the key").click()
    await expect(page.get_by_role("cell", name="Opens only")).to_be_visible(timeout=40_000)
    await page.get_by_role("button", name="Destroy all keys…").click()
    drawer = page.get_by_role("dialog", name="Destroy all keys")
    send = drawer.get_by_role("button", name="Destroy all keys")
    await expect(send).to_be_disabled()
    await drawer.get_by_label("to confirm").fill("My organisation")
    await send.click()
    receipt = page.get_by_role("dialog", name="The keys are destroyed")
    await expect(receipt.get_by_role("region", name="Signed receipt")).to_contain_text(
        "data keys destroyed", timeout=40_000
    )
    await page.keyboard.press("Escape")
    await expect(receipt).to_have_count(0)
    await expect(page.get_by_role("cell", name="Destroyed", exact=True)).to_have_count(2)
