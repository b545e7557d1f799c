"""`chimera models` lists what there is, and tells who could not be asked."""

from tests.bootstrap.terminal import KINDS, at, started
from tests.fakes import FLAVOURS, FakeUpstream

Environment = dict[str, str]


async def test_every_provider_lists_its_models(fake: FakeUpstream, small_house: Environment) -> None:
    ended = await started("models", "--json", env=small_house | at(fake))
    models = {model["id"]: model for model in ended.json["models"]}
    assert ended.code == 0
    assert ended.json["errors"] == []
    assert {model["provider"] for model in models.values()} == set(KINDS)
    assert all(f"openai/{name}" in models for name in FLAVOURS["openai"].models)
    assert models["openai/text-embedding-3-small"]["kind"] == "embedding"
    assert models["openai/gpt-5"]["context_tokens"] == 400_000
    assert models["openai/gpt-5"]["capabilities"]["tools"] is True


async def test_a_provider_that_fails_is_told_and_keeps_nobody_from_answering(
    fake: FakeUpstream, small_house: Environment
) -> None:
    env = small_house | at(fake, "openai", "anthropic") | {"ANTHROPIC_API_KEY": "bad"}
    ended = await started("models", env=env)
    assert ended.code == 0
    assert "openai/gpt-5 " in ended.out
    assert "anthropic/" not in ended.out
    assert "anthropic told no models: " in ended.err
    assert "invalid x-api-key. `chimera doctor --provider anthropic` says" in ended.err
    in_json = (await started("models", "--json", env=env)).json
    assert [(one["provider"], one["status"]) for one in in_json["errors"]] == [("anthropic", "unauthenticated")]


async def test_a_provider_asked_for_by_name_must_answer(fake: FakeUpstream, small_house: Environment) -> None:
    env = small_house | at(fake, "openai", "anthropic") | {"ANTHROPIC_API_KEY": "bad"}
    assert (await started("models", "--provider", "openai", env=env)).code == 0
    assert (await started("models", "--provider", "anthropic", env=env)).code == 1


async def test_a_provider_that_is_not_configured_is_told(small_house: Environment) -> None:
    ended = await started("models", "--provider", "openai", env=small_house)
    assert ended.code == 1
    assert "No provider 'openai' is configured. There is: lmstudio, ollama." in ended.err


async def test_the_embedded_model_is_marked_as_a_demonstration(small_house: Environment) -> None:
    ended = await started("models", "--provider", "local", env=small_house | {"CHIMERA_LOCAL_MODEL": "on"})
    assert ended.code == 0
    assert "demonstration only" in ended.out


async def test_without_any_model_it_says_what_to_do(small_house: Environment) -> None:
    ended = await started("models", env=small_house)
    assert ended.code == 1
    assert "chimera doctor" in ended.out


async def test_a_pipe_gets_one_plain_line_a_model(fake: FakeUpstream, small_house: Environment) -> None:
    ended = await started("models", env=small_house | at(fake, "openai"))
    head, *lines = ended.out.splitlines()
    assert head.split() == ["model", "context", "output", "$in/M", "$out/M", "can"]
    assert len(lines) == len(FLAVOURS["openai"].models)
    assert "\x1b" not in ended.out + ended.err
