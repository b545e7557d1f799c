"""A model's words are text: nothing in them runs, loads, or leads where a click should not go."""

from playwright.async_api import expect
from tests.browser.app import IN_BROWSER, App
from tests.fakes import Answer, FakeUpstream

pytestmark = IN_BROWSER

ELSEWHERE = "http://elsewhere.invalid"
HOSTILE = f"""Watch out.

<script>window.harmed = "script"</script>
<img src="x" onerror="window.harmed = 'img'">
<iframe src="{ELSEWHERE}/frame"></iframe>
<style>@import url({ELSEWHERE}/style.css);</style>
<a href="javascript:window.harmed = 'html link'">html link</a>

[plain link](javascript:window.harmed='link') [entity link](&#106;avascript:window.harmed='entity')
[data link](data:text/html,<script>window.harmed='data'</script>)
[honest link]({ELSEWHERE}/page)

![remote picture]({ELSEWHERE}/pixel.png) ![no scheme](//elsewhere.invalid/pixel.png)
![drawing](data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=)

```html
<script>window.harmed = "code"</script>
<img src="{ELSEWHERE}/in-code.png">
```

| <img src=x onerror="window.harmed='cell'"> | cell |
|---|---|
| ![cell]({ELSEWHERE}/cell.png) | end |

The end."""


async def test_nothing_in_an_answer_runs_or_is_fetched_from_elsewhere(app: App, fake: FakeUpstream) -> None:
    fake.say(Answer(text=HOSTILE, chunks=60, delay_s=0.005))
    await app.ask(HOSTILE)
    for _ in range(2):
        await expect(app.answer).to_contain_text("The end.")
        await expect(app.answer.locator("script, iframe, style, object, embed")).to_have_count(0)
        assert await app.answer.locator("img").evaluate_all("all => all.map(one => one.src)") == []
        addresses = await app.answer.get_by_role("link").evaluate_all("all => all.map(one => one.href)")
        assert set(addresses) == {f"{ELSEWHERE}/page", f"{ELSEWHERE}/pixel.png", f"{ELSEWHERE}/cell.png"}
        for link in await app.answer.get_by_role("link").all():
            await expect(link).to_have_attribute("target", "_blank")
            await expect(link).to_have_attribute("rel", "noopener noreferrer")
        await app.page.reload()
    for name in ("html link", "plain link", "entity link", "data link"):
        await app.answer.get_by_text(name).first.click()
    assert await app.page.evaluate("window.harmed") is None
    assert app.witness.foreign() == []
    assert app.witness.errors == []


DRAWN = f"""Formulas: $\\href{{javascript:window.harmed='href'}}{{x}}$ $\\includegraphics{{{ELSEWHERE}/tex.png}}$
$\\htmlData{{onclick=window.harmed}}{{y}}$ $\\htmlStyle{{background:url({ELSEWHERE}/tex.css)}}{{z}}$
$\\url{{javascript:1}}$

```mermaid
%%{{init: {{"securityLevel": "loose", "htmlLabels": true, "themeCSS": "@import url({ELSEWHERE}/theme.css);"}}}}%%
flowchart LR
  A["<img src=x onerror='parent.harmed=1'><script>parent.harmed=2</script>plain label"] --> B[second]
  click A href "javascript:parent.harmed=3"
  click B call harm()
```

```svg
<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40" onload="parent.harmed=4">
<script>parent.harmed=5</script><image href="{ELSEWHERE}/in.svg.png" width="9" height="9"/>
<use href="{ELSEWHERE}/use.svg#a"/><foreignObject><iframe src="{ELSEWHERE}/svg-frame"/></foreignObject></svg>
```

The end."""


async def test_formulas_and_drawings_are_shown_and_reach_nothing(app: App, fake: FakeUpstream) -> None:
    # Mermaid measures what it has not cleaned yet: there the frame's policy is what holds.
    app.expect_complaints("inline event handler", "Content Security Policy", "content policy: (img|style|script)-src")
    fake.say(Answer(text=DRAWN, chunks=20, delay_s=0.005))
    await app.ask("Draw")
    await expect(app.answer).to_contain_text("The end.")
    diagram = app.answer.frame_locator("iframe[title=Diagram]")
    await expect(diagram.locator("svg")).to_contain_text("plain label")
    await expect(diagram.locator("svg").locator("script, a[href^=javascript]")).to_have_count(0)
    await expect(app.answer.locator(".katex")).to_have_count(5)
    await expect(app.answer.locator("a, img")).to_have_count(0)
    await app.answer.get_by_role("button", name="Show picture").click()
    picture = app.answer.frame_locator("iframe[sandbox='']").get_by_role("img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") == 80
    frames = app.answer.locator("iframe")
    assert await frames.evaluate_all("all => all.map(one => one.contentDocument)") == [None, None]
    await app.answer.get_by_role("button", name="Show code").first.click()
    await expect(app.answer.locator("pre").first).to_contain_text("flowchart LR")
    assert await app.page.evaluate("window.harmed") is None
    assert app.witness.foreign() == []


async def test_a_title_made_of_markup_is_shown_as_it_was_written(app: App) -> None:
    markup = "<img src=x onerror=window.harmed=1>"
    await app.ask(markup)
    await expect(app.conversations).to_have_text([markup])
    await expect(app.page.get_by_role("heading", level=1)).to_have_text(markup)
    assert await app.page.evaluate("window.harmed") is None


async def test_should_a_picture_from_elsewhere_slip_in_the_content_policy_refuses_it(app: App) -> None:
    app.expect_complaints("Content Security Policy", "content policy: img-src", "asked elsewhere")
    await app.page.evaluate(
        """async (url) => {
          const picture = new Image();
          picture.src = url;
          await new Promise((resolve) => { picture.onerror = resolve; });
        }""",
        f"{ELSEWHERE}/pixel.png",
    )
    assert any(error.startswith("error: content policy: img-src") for error in app.witness.errors)
