"""When a provider fails, a person reads a sentence, and can go on."""

import pytest
from httpx2 import AsyncClient
from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.fakes import Answer, FakeUpstream, Fault
from tests.serving import Running

pytestmark = IN_BROWSER


REFUSALS = {
    Fault.WRONG_KEY: ("The provider did not accept its key.", "provider_unauthenticated"),
    Fault.RATE_LIMITED: ("The provider asks for a pause: too many requests.", "provider_rate_limited"),
    Fault.QUOTA_EXHAUSTED: ("The account at the provider has used up its quota.", "provider_quota_exhausted"),
    Fault.CONTEXT_TOO_LONG: ("This conversation is too long for the model.", "context_too_long"),
}


async def test_a_refusal_is_a_sentence_and_the_message_can_be_sent_again(app: App, fake: FakeUpstream) -> None:
    for fault, (sentence, code) in REFUSALS.items():
        fake.next(fault)
        await app.page.get_by_role("link", name="New chat").click()
        await app.send(f"Is {fault} well?")
        note = app.answer.get_by_role("alert")
        await expect(note).to_contain_text(sentence)
        await expect(app.stop_button).to_have_count(0)
        assert not set("{}[]<>_") & set(await note.inner_text())
        await note.get_by_text("Details", exact=True).click()
        await expect(note.get_by_text(code)).to_be_visible()
        await note.get_by_role("button", name="Send again").click()
        await expect(app.answer).to_contain_text(f"You said: Is {fault} well?")


async def test_an_answer_cut_midway_keeps_its_beginning_and_says_that_it_was_cut(app: App, fake: FakeUpstream) -> None:
    fake.say(Answer(text="one two three four five six", chunks=6))
    fake.next(Fault.CUT)
    await app.send("Count")
    note = app.answer.get_by_role("alert")
    for _ in range(2):
        await expect(note).to_contain_text("The provider's answer could not be understood.")
        await expect(app.answer).to_contain_text("one two")
        await expect(app.answer).not_to_contain_text("six")
        await app.page.reload()
    await note.get_by_role("button", name="Send again").click()
    await expect(app.answer).to_contain_text("one two three four five six")


async def test_another_model_can_answer_where_one_failed(app: App, fake: FakeUpstream) -> None:
    fake.next(Fault.QUOTA_EXHAUSTED, flavour="openai")
    await app.send("Are you well?")
    await expect(app.answer.get_by_role("alert")).to_be_visible()
    await app.pick("opus")
    await app.answer.get_by_role("button", name="Send again").click()
    await app.idle()
    await expect(app.answer).to_contain_text("opus")


_UNTIL_IT_MAY_BE_TRIED = """async () => {
  const circuit = async () => {
    const { data } = await (await fetch("/api/v1/models")).json();
    return data.find(({ id }) => id === "openai/gpt-5").circuit;
  };
  while ((await circuit()) === "open") await new Promise((soon) => setTimeout(soon, 500));
}"""


@pytest.mark.timeout(120)
async def test_a_model_that_keeps_failing_is_seen_resting_and_then_well_again(
    app: App, fake: FakeUpstream, chimera: Running
) -> None:
    admin = (await app.another_tab()).page
    note, again = app.answer.get_by_role("alert"), app.answer.get_by_role("button", name="Send again")
    fake.fall_ill("openai", Fault.UNAVAILABLE)
    async with AsyncClient(base_url=chimera.url, headers=chimera.headers) as program:
        question = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Are you well?"}]}
        refused = [(await program.post("/v1/chat/completions", json=question)).status_code for _ in range(4)]
    assert refused == [503] * 4
    await app.send("Are you well?")
    await expect(note).to_contain_text("The provider cannot be reached right now.")
    await again.click()
    await expect(note).to_contain_text("failed several times in a row")
    await expect(note).to_contain_text("Send again in about 20 seconds, or choose another model.")
    await note.get_by_text("Details", exact=True).click()
    await expect(note).to_contain_text("openai/gpt-5 failed repeatedly and is left alone for another")

    models = app.page.get_by_role("listbox", name="Models")
    await app.picker.click()
    await expect(models.get_by_role("option", name="gpt-5")).to_contain_text("Resting after failures")
    await expect(models.get_by_text("Resting")).to_have_count(1)
    await app.page.keyboard.press("Escape")
    row = admin.get_by_role("row", name="openai")
    await admin.goto("/admin/providers")
    await expect(row).to_contain_text("1 resting after failures")
    await admin.goto("/admin")
    providers = admin.get_by_role("list", name="Providers")
    await expect(providers.get_by_role("listitem").filter(has_text="openai")).to_contain_text("1 resting")
    # The rest is kept: nobody has asked the provider in the meantime.
    assert len([request for request in fake.requests if request.operation == "chat"]) == 5

    fake.recover("openai")
    await app.page.evaluate(_UNTIL_IT_MAY_BE_TRIED)
    await app.picker.click()
    await expect(models.get_by_role("option", name="gpt-5")).to_contain_text("may be tried again")
    await app.page.keyboard.press("Escape")
    await again.click()
    await expect(app.answer).to_contain_text("You said: Are you well?")
    await app.idle()
    await app.picker.click()
    await expect(models.get_by_role("option", name="gpt-5")).not_to_contain_text("tried again")
    await admin.goto("/admin/providers")
    await expect(row).to_be_visible()
    await expect(row).not_to_contain_text("resting")
