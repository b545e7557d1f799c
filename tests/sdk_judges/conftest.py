"""The fake upstream, and the official SDKs as its clients, without retries of their own."""

from collections.abc import AsyncIterator

import anthropic
import ollama
import openai
import pytest
from google import genai
from google.genai import types
from tests.fakes import FakeUpstream

KEY = "good-key"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


@pytest.fixture
async def fake() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream(keys={KEY}) as fake:
        yield fake


@pytest.fixture
async def openai_client(fake: FakeUpstream) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key=KEY, base_url=fake.base_url("openai"), max_retries=0) as client:
        yield client


@pytest.fixture
async def azure_client(fake: FakeUpstream) -> AsyncIterator[openai.AsyncAzureOpenAI]:
    async with openai.AsyncAzureOpenAI(
        api_key=KEY, azure_endpoint=fake.base_url("azure"), api_version="2024-10-21", max_retries=0
    ) as client:
        yield client


@pytest.fixture
async def anthropic_client(fake: FakeUpstream) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(api_key=KEY, base_url=fake.base_url("anthropic"), max_retries=0) as client:
        yield client


@pytest.fixture
async def gemini_client(fake: FakeUpstream) -> AsyncIterator[genai.client.AsyncClient]:
    options = types.HttpOptions(
        base_url=fake.base_url("gemini"), retry_options=types.HttpRetryOptions(attempts=1), timeout=5000
    )
    async with genai.Client(api_key=KEY, http_options=options).aio as client:
        yield client


@pytest.fixture
async def ollama_client(fake: FakeUpstream) -> AsyncIterator[ollama.AsyncClient]:
    async with ollama.AsyncClient(host=fake.base_url("ollama")) as client:
        yield client
