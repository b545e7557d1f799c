"""What is passed on unread: moderations, speech, transcriptions, translations, images, through the official SDK."""

from pathlib import Path

import httpx2
import openai
import pytest
from openai import AsyncOpenAI
from tests.fakes.faults import Fault
from tests.fakes.flavours import Operation
from tests.fakes.server import FakeUpstream
from tests.fakes.wires.openai_media import SOUND
from tests.serving import Running, provider_environment, running
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

WAV = b"RIFF" + bytes(range(256)) * 4000 + b"\r\n--\r\n--boundary"


def asked(fake: FakeUpstream) -> list[tuple[str, str]]:
    return [(request.flavour, request.path) for request in fake.requests if request.operation == "media"]


@requirement("media.passed", "media.model")
async def test_moderations_judge_texts_with_or_without_a_model(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    judged = await client.moderations.create(input=["tea", "violence"], model="omni-moderation-latest")
    assert [result.flagged for result in judged.results] == [False, True]
    assert judged.model == "omni-moderation-latest"
    assert (await client.moderations.create(input="tea")).model == "omni-moderation-latest"
    assert (await client.moderations.create(input="tea", model="openai/text-moderation-2")).model == "text-moderation-2"
    assert {flavour for flavour, _ in asked(fake)} == {"openai"}


@requirement("media.passed", "media.model")
async def test_speech_comes_as_the_provider_s_bytes(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    said = await client.audio.speech.create(model="tts-1", voice="alloy", input="Hello", response_format="opus")
    assert said.content == SOUND
    headers = said.response.headers
    assert headers["content-type"] == "audio/opus"
    assert headers["x-chimera-model"] == "openai/tts-1"
    assert headers["x-ratelimit-limit-requests"] == "500"
    assert not {"set-cookie", "openai-version"} & set(headers)
    async with client.audio.speech.with_streaming_response.create(model="tts-1", voice="alloy", input="Hi") as stream:
        assert b"".join([piece async for piece in stream.iter_bytes()]) == SOUND
    body = next(request.body for request in fake.requests if request.path.endswith("/audio/speech"))
    assert b'"input":"Hello"' in body
    assert b'"model":"tts-1"' in body


@requirement("media.passed", "media.model")
@pytest.mark.parametrize(
    ("model", "path", "name"),
    [
        ("whisper-1", "/openai/v1/audio/transcriptions", "whisper-1"),
        ("azure/hearing", "/azure/openai/v1/audio/transcriptions", "hearing"),
        ("openai_compatible/whisper-large", "/openai_compatible/v1/audio/transcriptions", "whisper-large"),
    ],
)
async def test_sound_is_heard_and_only_the_model_s_name_is_changed(
    client: AsyncOpenAI, fake: FakeUpstream, model: str, path: str, name: str
) -> None:
    heard = await client.audio.transcriptions.create(model=model, file=("a.wav", WAV), prompt="model: none")
    assert heard.text == f"{name}: {len(WAV)} bytes"
    assert [found for _, found in asked(fake)] == [path]
    (request,) = [request for request in fake.requests if request.operation == "media"]
    assert WAV in request.body
    as_text = await client.audio.transcriptions.create(model=model, file=("a.wav", WAV), response_format="text")
    assert str(as_text) == heard.text


@requirement("media.passed")
async def test_translations_and_images_are_passed_on_too(chimera: Running, client: AsyncOpenAI) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"):
        heard = await client.audio.translations.create(model="openai/whisper-1", file=("a.wav", WAV))
    assert heard.text == f"whisper-1: {len(WAV)} bytes"
    drawn = await client.images.generate(model="gpt-image-1", prompt="a red fox")
    assert drawn.data is not None
    assert drawn.data[0].b64_json == "aW1hZ2U="
    async with httpx2.AsyncClient(base_url=chimera.url) as http:
        metrics = (await http.get("/metrics")).text
    assert 'chimera_gateway_tokens_total{kind="output",target="openai/other"} 105.0' in metrics


@requirement("media.refused")
async def test_who_lacks_an_endpoint_is_not_asked(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    for model in ("anthropic/claude-sonnet-5-5", "deepseek/deepseek-chat", "lmstudio/x", "gemini/gemini-2.5-flash"):
        with pytest.raises(openai.BadRequestError) as caught:
            await client.moderations.create(input="tea", model=model)
        assert (caught.value.code, caught.value.param) == ("unsupported_parameter", "model")
        assert "Ask openai" in caught.value.message
    with pytest.raises(openai.BadRequestError) as caught:
        await client.moderations.create(input="tea", model="azure/x")
    assert caught.value.code == "unsupported_parameter"
    assert not asked(fake)


@requirement("media.refused")
async def test_a_body_that_is_none_is_refused(chimera: Running, fake: FakeUpstream) -> None:
    form = {"content-type": "multipart/form-data; boundary=b"}
    part = b'--b\r\ncontent-disposition: form-data; name="model"\r\n\r\n%s\r\n'
    wrong: list[tuple[str, bytes, dict[str, str], int]] = [
        ("moderations", b"[]", {}, 400),
        ("moderations", b'{"model":5,"input":"x"}', {}, 400),
        ("moderations", b'{"model":"a\\"b","input":"x"}', {}, 400),
        ("audio/speech", b"{}", {}, 400),
        ("audio/speech", b"{}", {"content-type": "text/plain"}, 415),
        ("audio/transcriptions", b"{}", {"content-type": "application/json"}, 415),
        ("audio/transcriptions", b"", form, 400),
        ("audio/transcriptions", b"--b--\r\n", form, 400),
        ("audio/transcriptions", part % b"whisper-1", form, 400),
        ("audio/transcriptions", part % b"a" + part % b"b" + b"--b--\r\n", form, 400),
        ("audio/transcriptions", part % b"a\r\nb" + b"--b--\r\n", form, 400),
        ("audio/transcriptions", part % b"" + b"--b--\r\n", form, 400),
    ]
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        for path, body, headers, status in wrong:
            response = await http.post(f"/v1/{path}", content=body, headers=headers)
            refused(response)
            assert response.status_code == status, (path, body, response.text)
    assert not asked(fake)


@requirement("media.failing")
async def test_passing_trouble_is_tried_again_and_the_rest_is_told(client: AsyncOpenAI, fake: FakeUpstream) -> None:
    fake.next(Fault.UNAVAILABLE, operation=Operation.MEDIA)
    assert (await client.audio.speech.create(model="tts-1", voice="alloy", input="Hi")).content == SOUND
    assert len(asked(fake)) == 2
    fake.next(Fault.MODEL_NOT_FOUND, operation=Operation.MEDIA)
    with pytest.raises(openai.NotFoundError) as missing:
        await client.audio.speech.create(model="tts-9", voice="alloy", input="Hi")
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as refusal:
        await client.audio.speech.create(model="tts-1", voice="", input="Hi")
    assert refusal.value.code == "provider_refused_request"


@requirement("media.failing")
async def test_an_answer_that_breaks_off_does_not_look_complete(chimera: Running, fake: FakeUpstream) -> None:
    fake.next(Fault.RESET_MIDWAY, operation=Operation.MEDIA)
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        with pytest.raises(httpx2.RemoteProtocolError):
            await http.post("/v1/audio/speech", json={"model": "tts-1", "voice": "alloy", "input": "Hi"})


@requirement("media.failing")
async def test_another_provider_is_asked_where_one_is_configured(
    fake: FakeUpstream, sqlite_url: str, tmp_path: Path
) -> None:
    fallbacks = {"openai/tts-1": ["openai_compatible/kokoro"]}
    environment = provider_environment(fake, "openai", "openai_compatible")
    fake.next(*[Fault.FORBIDDEN] * 3, flavour="openai", operation=Operation.MEDIA)
    async with (
        running(sqlite_url, environment, {"data_dir": tmp_path, "fallbacks": fallbacks}) as chimera,
        AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=0) as client,
    ):
        said = await client.audio.speech.create(model="tts-1", voice="alloy", input="Hi")
    assert said.content == SOUND
    assert said.response.headers["x-chimera-model"] == "openai_compatible/kokoro"
    assert [flavour for flavour, _ in asked(fake)] == ["openai", "openai_compatible"]
    assert fake.requests[-1].model == "kokoro"


@requirement("media.passed")
async def test_dated_versions_of_azure_have_the_deployment_in_the_path(
    fake: FakeUpstream, sqlite_url: str, tmp_path: Path
) -> None:
    environment = provider_environment(fake, "azure") | {"AZURE_OPENAI_API_VERSION": "2024-10-21"}
    async with (
        running(sqlite_url, environment, {"data_dir": tmp_path}) as chimera,
        AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=chimera.key, max_retries=0) as client,
    ):
        heard = await client.audio.transcriptions.create(model="azure/hearing", file=("a.wav", WAV))
        said = await client.audio.speech.create(model="voice", voice="alloy", input="Hi")
    assert heard.text == f"hearing: {len(WAV)} bytes"
    assert said.content == SOUND
    deployments = "/azure/openai/deployments"
    assert [path for _, path in asked(fake)] == [
        f"{deployments}/hearing/audio/transcriptions",
        f"{deployments}/voice/audio/speech",
    ]
