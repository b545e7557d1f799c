"""`chimera models` lists what there is, and tells who could not be asked."""

from tests.bootstrap.terminal import KINDS, at, started
from tests.fakes import FLAVOURS, FakeUpstream

Environment = dict[str, str]


async def test_every_provider_lists_its_models(fake: FakeUpstream, small_house: Environment) -> None:
    ended = await started("models", "--json", env=small_house | at(fake))
    models = {model["id"]: model for model in ended.json["models"]}
    assert ended.code == 0
    assert ended.json["errors"] == []
    assert models.pop("auto")["provider"] == "chimera"
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
    assert len(lines) == len(FLAVOURS["openai"].models) + 1
    assert lines[-1].startswith("auto ")
    assert "\x1b" not in ended.out + ended.err


async def test_prices_and_names_are_shown(fake: FakeUpstream, small_house: Environment) -> None:
    named = {"CHIMERA_ALIASES": '{"old": "openai/gpt-5"}', "CHIMERA_MODELS": '[{"id": "openai/mine"}]'}
    ended = await started("models", env=small_house | at(fake, "openai", "ollama") | named)
    rows = {line.split()[0]: line.split()[1:] for line in ended.out.splitlines()}
    assert rows["openai/gpt-5"][:4] == ["400k", "128k", "1.25", "10.00"]
    assert rows["openai/text-embedding-3-small"][2:5] == ["0.02", "-", "embeddings"]
    assert rows["openai/mine"][:4] == ["?"] * 4
    assert rows["ollama/llama3.2:latest"][2:4] == ["free", "free"]
    assert rows["auto"][:5] == ["400k", "128k", "varies", "varies", "chat,"]
    assert rows["old"][-3:] == ["alias", "of", "openai/gpt-5"]


async def test_it_says_where_what_is_known_differs(fake: FakeUpstream, small_house: Environment) -> None:
    env = small_house | at(fake, "deepseek")
    ended = await started("models", "--compare", env=env)
    assert ended.code == 0
    told = next(line for line in ended.out.splitlines() if "deepseek-chat  price.input" in line)
    assert "genai-prices " in told
    assert "LiteLLM " in told
    differing = (await started("models", "--compare", "--json", env=env)).json["differing"]
    assert {one["fact"] for one in differing["deepseek/deepseek-chat"]} >= {"context_tokens", "price.input"}


async def test_names_that_lead_nowhere_are_told_before_anybody_is_asked(small_house: Environment) -> None:
    for command in ("models", "doctor"):
        ended = await started(command, env=small_house | {"CHIMERA_ALIASES": '{"a": "openai/gpt-5"}'})
        assert ended.code == 1
        assert "no provider 'openai' is configured" in ended.out + ended.err
