"""When a provider fails, a person reads a sentence, and can go on."""

from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.fakes import Answer, FakeUpstream, Fault

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
