"""Files through the official SDK: brought, listed, read, deleted, refused."""

import time

import httpx2
import openai
import pytest
from openai import AsyncOpenAI
from tests.serving import Running
from tests.surfaces.people import colleague_of, stranger_to
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

LINES = b'{"custom_id":"a"}\n'
BOUNDARY = "----form"


def form(*parts: tuple[str, str | None, bytes]) -> tuple[bytes, dict[str, str]]:
    """A form as bytes, and its headers: name, filename and content of each part."""
    body = b""
    for name, filename, content in parts:
        file = "" if filename is None else f'; filename="{filename}"'
        head = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"{file}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode(), {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


@requirement("files.kept")
async def test_a_file_is_kept_as_it_was_brought(client: AsyncOpenAI) -> None:
    content = bytes(range(256)) * 5000 + b"\r\n------form--\r\nthe end"
    made = await client.files.create(file=("übung 1.bin", content), purpose="user_data")
    assert made.id.startswith("file-")
    assert (made.bytes, made.filename, made.purpose) == (len(content), "übung 1.bin", "user_data")
    assert (made.object, made.status, made.expires_at) == ("file", "processed", None)
    assert abs(made.created_at - time.time()) < 60
    assert await client.files.retrieve(made.id) == made
    read = await client.files.content(made.id)
    assert read.content == content
    assert read.response.headers["content-type"] == "application/octet-stream"
    assert read.response.headers["content-disposition"].startswith("attachment")

    gone = await client.files.delete(made.id)
    assert (gone.id, gone.deleted) == (made.id, True)
    for ask in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(openai.NotFoundError) as caught:
            await ask(made.id)
        assert caught.value.code == "file_not_found"


@requirement("files.kept")
async def test_files_are_listed_by_purpose_and_page(client: AsyncOpenAI) -> None:
    made = [await client.files.create(file=(f"{n}.jsonl", LINES), purpose="batch") for n in range(5)]
    await client.files.create(file=("x.txt", b""), purpose="assistants")
    assert len((await client.files.list()).data) == 6
    page = await client.files.list(purpose="batch", limit=2)
    assert page.has_more
    assert [file.id async for file in page] == [file.id for file in reversed(made)]
    oldest = await client.files.list(purpose="batch", order="asc", limit=3, after=made[0].id)
    assert [file.id for file in oldest.data] == [file.id for file in made[1:4]]
    assert (await client.files.list(purpose="batch", after=made[0].id)).data == []


@requirement("files.refused")
async def test_a_form_that_lacks_something_is_refused_and_leaves_nothing(chimera: Running, client: AsyncOpenAI) -> None:
    file = ("file", "a.jsonl", LINES)
    purpose = ("purpose", None, b"batch")
    wrong = {
        "no file": (form(purpose), "file"),
        "no purpose": (form(file), "purpose"),
        "no such purpose": (form(file, ("purpose", None, b"mischief")), "purpose"),
        "two files": (form(file, file, purpose), "file"),
        "a file without a name": (form(("file", None, LINES), purpose), "file"),
        "an unknown field": (form(file, purpose, ("colour", None, b"red")), "colour"),
        "too short a life": (
            form(file, purpose, ("expires_after[anchor]", None, b"created_at"), ("expires_after[seconds]", None, b"5")),
            "expires_after.seconds",
        ),
        "a life from nowhere": (form(file, purpose, ("expires_after[seconds]", None, b"7200")), "expires_after.anchor"),
        "a long field": (form(file, ("purpose", None, b"x" * 5000)), "purpose"),
        "cut": ((form(file, purpose)[0][:-8], form()[1]), None),
        "no form at all": ((b"nothing of the kind", form()[1]), None),
        "another boundary": ((form(file, purpose)[0], {"content-type": "multipart/form-data; boundary=other"}), None),
        "no boundary": ((form(file, purpose)[0], {"content-type": "multipart/form-data"}), None),
    }
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        for why, ((body, headers), param) in wrong.items():
            response = await http.post("/v1/files", content=body, headers=headers)
            assert response.status_code == 400, (why, response.text)
            refused(response)
            assert response.json()["error"]["param"] == param, why
        response = await http.post("/v1/files", json={})
        assert (response.status_code, refused(response)) == (415, "unsupported_media_type")
        for query in ("limit=0", "limit=10001", "limit=x", "order=up", "after=file-1"):
            assert refused(await http.get(f"/v1/files?{query}")) == "invalid_request"
    assert (await client.files.list()).data == []
    async with chimera.house.database.writer.begin() as connection:
        for table in ("files", "file_chunks"):
            assert (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar() == 0


@requirement("files.expiry")
async def test_a_file_may_be_kept_for_a_time(client: AsyncOpenAI) -> None:
    made = await client.files.create(
        file=("a.txt", b"a"), purpose="user_data", expires_after={"anchor": "created_at", "seconds": 7200}
    )
    assert made.expires_at is not None
    assert 7100 < made.expires_at - time.time() <= 7200


@requirement("files.private")
async def test_nobody_else_finds_it(chimera: Running, client: AsyncOpenAI) -> None:
    file = await client.files.create(file=("secret.jsonl", b"secret\n"), purpose="batch")
    batch = await client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    for make in (stranger_to, colleague_of):
        key = await make(chimera)
        async with AsyncOpenAI(base_url=f"{chimera.url}/v1", api_key=key, max_retries=0) as other:
            for ask in (other.files.retrieve, other.files.content, other.files.delete):
                with pytest.raises(openai.NotFoundError):
                    await ask(file.id)
            for ask in (other.batches.retrieve, other.batches.cancel):
                with pytest.raises(openai.NotFoundError):
                    await ask(batch.id)
            with pytest.raises(openai.BadRequestError) as caught:
                await other.batches.create(
                    input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
                )
            assert caught.value.param == "input_file_id"
            assert (await other.files.list()).data == (await other.batches.list()).data == []
    assert (await client.files.retrieve(file.id)).id == file.id


@requirement("idempotency.replayed")
async def test_a_file_that_is_uploaded_again_with_its_key_is_the_same_file(chimera: Running) -> None:
    async with httpx2.AsyncClient(base_url=chimera.url, headers=chimera.headers) as http:
        first, again = [
            await http.post(
                "/v1/files",
                headers={"Idempotency-Key": "one"},
                files={"file": ("a.jsonl", b"{}")},
                data={"purpose": "batch"},
            )
            for _ in range(2)
        ]
        assert len((await http.get("/v1/files")).json()["data"]) == 1
    assert first.is_success, first.text
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
