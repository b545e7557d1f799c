"""Which model answers, and honesty about the tiny one."""

from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.browser.conftest import Serve, Visit
from tests.fakes import FakeUpstream

pytestmark = IN_BROWSER


async def test_models_are_listed_by_provider_and_the_picked_one_answers(app: App, fake: FakeUpstream) -> None:
    await app.ask("First")
    assert [request.flavour for request in fake.requests if request.operation == "chat"] == ["openai"]

    await app.picker.click()
    models = app.page.get_by_role("listbox", name="Models")
    await expect(models.get_by_role("group")).to_have_count(3)
    await expect(models.get_by_role("group", name="OpenAI").get_by_role("option")).to_contain_text(
        ["gpt-5", "gpt-4o-mini"]
    )
    await expect(models.get_by_role("group", name="Chimera").get_by_role("option")).to_contain_text(["auto"])
    await expect(models.get_by_role("option", selected=True)).to_contain_text("gpt-5")
    await app.page.get_by_role("combobox", name="Search models").fill("haiku")
    await models.get_by_role("group", name="Anthropic").get_by_role("option").click()
    await expect(app.picker).to_contain_text("haiku")

    await app.ask("Second")
    chats = [request for request in fake.requests if request.operation == "chat"]
    assert [request.flavour for request in chats] == ["openai", "anthropic"]
    assert "haiku" in chats[-1].json["model"]
    await app.page.reload()
    await expect(app.picker).to_contain_text("haiku")
    await expect(app.answer).to_contain_text("haiku")


async def test_the_tiny_model_is_called_a_demonstration_and_real_ones_are_explained(
    serve: Serve, people: Visit
) -> None:
    app = await people((await serve({}, local_model="on")).url)
    notice = app.page.get_by_role("complementary", name="You are talking to the demonstration model")
    await expect(notice).to_contain_text("Its answers are often wrong.")
    await expect(app.picker).to_contain_text("Demonstration")
    await notice.get_by_text("Add real models").click()
    await expect(notice.get_by_text("OPENAI_API_KEY")).to_be_visible()
    await app.picker.click()
    await expect(app.page.get_by_role("option")).to_contain_text(["Demonstration"])


async def test_without_any_model_the_app_says_what_to_do(serve: Serve, people: Visit) -> None:
    app = await people((await serve({})).url)
    notice = app.page.get_by_role("complementary", name="No model is connected yet")
    await expect(notice.get_by_text("ANTHROPIC_API_KEY")).to_be_visible()
    await app.composer.fill("Hello?")
    await expect(app.send_button).to_be_disabled()
