"""What the first organisation has when strangers come: one of everything that an address can name.

A new operation whose path has an id adds the id here, under the name of its parameter.
"""

from dataclasses import dataclass

import httpx2
from tests.fakes.authenticator import Authenticator
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD
from tests.surfaces.isolation.bodies import BODIES, QUERIES, SHARED

SECRET = "the plan for the coup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What the first organisation has: ids by the name of their path parameter, and those found elsewhere."""

    ids: dict[str, str]
    message_id: str
    cursor: str

    @property
    def traces(self) -> set[str]:
        """What no stranger may see anywhere."""
        return {*self.ids.values(), self.message_id, SECRET}

    def in_text(self, text: str) -> list[str]:
        return [trace for trace in self.traces if trace in text]

    def names(self, path: str) -> bool:
        """Whether the path of an operation names something of theirs."""
        return any(f"{{{name}}}" in path for name in self.ids)

    def address(self, path: str) -> str:
        """The address of their thing, for the path of an operation."""
        path += QUERIES.get(path, "")
        for name, value in (self.ids | SHARED).items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"tell `belongings.py` what to put in {path}"
        return path


async def bring(caller: httpx2.AsyncClient) -> Belongings:
    """Make one of everything, as the owner does who has the caller's key."""
    turn = (await caller.post("/api/v1/chat", json={"message": SECRET})).json()
    await caller.post("/api/v1/conversations", json={"title": SECRET})
    page = (await caller.get("/api/v1/conversations?limit=1")).json()
    ids = {"conversation_id": turn["conversation_id"], "turn_id": turn["id"], "message_id": turn["message"]["id"]}
    ids |= await _shelves(caller, turn["conversation_id"])
    ids |= await _shared(caller, turn["conversation_id"])
    ids["entry_id"] = await _cached(caller)
    ids |= await _of_the_compat_surfaces(caller)
    ids |= await _of_the_organisation(caller)
    ids |= await _of_the_owner(str(caller.base_url))
    return Belongings(ids=ids, message_id=ids["message_id"], cursor=page["next_cursor"])


async def _of_the_compat_surfaces(caller: httpx2.AsyncClient) -> dict[str, str]:
    file = (await caller.post("/v1/files", data={"purpose": "batch"}, files={"file": (SECRET, b"{}")})).json()
    asked = {"input_file_id": file["id"], "endpoint": "/v1/embeddings", "completion_window": "24h"}
    batch = (await caller.post("/v1/batches", json=asked)).json()
    kept = (await caller.post("/v1/responses", json={"model": "openai/gpt-5", "input": SECRET})).json()
    return {"file_id": file["id"], "batch_id": batch["id"], "response_id": kept["id"]}


async def _of_the_organisation(caller: httpx2.AsyncClient) -> dict[str, str]:
    """What its administration makes, each by the body with which strangers try the same."""

    async def made(path: str, **more: object) -> str:
        answer = await caller.post(path, json=BODIES.get(("post", path), {}) | more)
        assert answer.status_code == 201, f"{path}: {answer.status_code} {answer.text[:300]}"
        return str(answer.json()["id"])

    hook = await made("/api/v1/webhooks", url="https://example.invalid", description=SECRET)
    sent = (await caller.post(f"/api/v1/webhooks/{hook}/ping")).json()
    return {
        "memory_id": await made("/api/v1/memories", statement=SECRET),
        "user_id": await made("/api/v1/service-accounts", name=SECRET),
        "service_account_id": await made("/api/v1/service-accounts", name=SECRET),
        "invitation_id": await made("/api/v1/invitations"),
        "tenant_id": (await caller.get("/api/v1/session")).json()["tenant"]["id"],
        "group_id": await made("/api/v1/groups", name=SECRET),
        "provider_id": await made("/api/v1/identity-providers", name=SECRET),
        "scim_token_id": await made("/api/v1/scim-tokens", name=SECRET),
        "role_id": await made("/api/v1/roles", name="plotter", description=SECRET),
        "key_id": await made("/api/v1/keys", name=SECRET),
        "erasure_id": await _erased(caller, await made("/api/v1/service-accounts", name="gone")),
        "connection_id": await made("/api/v1/provider-connections", name=SECRET),
        "hold_id": await made("/api/v1/privacy/legal-holds", reason=SECRET),
        "issuer_id": await made("/api/v1/token-issuers", name=SECRET),
        "family_id": (await caller.post("/api/v1/token", json={"client": SECRET})).json()["family_id"],
        "budget_id": await made("/api/v1/budgets", name=SECRET),
        "prompt_id": await _labelled(caller, await made("/api/v1/prompts", name=SECRET, text=SECRET)),
        "persona_id": await made("/api/v1/personas", name=SECRET, text=SECRET),
        "webhook_id": hook,
        "delivery_id": sent["id"],
    }


async def _labelled(caller: httpx2.AsyncClient, prompt_id: str) -> str:
    label = {"versions": [{"version": 1}]}
    assert (await caller.put(f"/api/v1/prompts/{prompt_id}/labels/production", json=label)).is_success
    return prompt_id


async def _shelves(caller: httpx2.AsyncClient, conversation_id: str) -> dict[str, str]:
    made = await caller.post("/api/v1/folders", json={"name": SECRET})
    assert made.status_code == 201, made.text
    folder = made.json()["id"]
    filed = {"conversation_ids": [conversation_id], "folder_id": folder, "add_tags": [SECRET]}
    await caller.patch("/api/v1/conversations", json=filed)
    (tag,) = (await caller.get("/api/v1/tags")).json()["data"]
    return {"folder_id": folder, "tag_id": tag["id"]}


async def _shared(caller: httpx2.AsyncClient, conversation_id: str) -> dict[str, str]:
    made = (await caller.post(f"/api/v1/conversations/{conversation_id}/shares")).json()
    return {"share_id": made["id"], "token": made["path"].rpartition("/")[2]}


async def _erased(caller: httpx2.AsyncClient, user_id: str) -> str:
    return str((await caller.post("/api/v1/privacy/erasures", json={"user_id": user_id})).json()["id"])


async def _of_the_owner(url: str) -> dict[str, str]:
    """What a person makes who is signed in."""
    origin = url.rstrip("/")
    async with httpx2.AsyncClient(base_url=origin, headers={"origin": origin}) as person:
        await person.post("/api/v1/session", json={"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
        await person.post("/api/v1/session/proof", json={"password": OWNER_PASSWORD})
        asked = (await person.post("/api/v1/passkey-registration")).json()
        device = Authenticator(origin=origin, rp_id=asked["options"]["rp"]["id"])
        made = {"step": asked["step"], "name": SECRET, "credential": device.create(asked["options"])}
        passkey = (await person.post("/api/v1/passkeys", json=made)).json()
        (session, *_) = (await person.get("/api/v1/sessions")).json()["data"]
        return {"passkey_id": passkey["id"], "session_id": session["id"]}


async def _cached(caller: httpx2.AsyncClient) -> str:
    """Id of an answer that the first organisation is given again."""
    asked = {"model": "openai/gpt-5", "messages": [{"role": "user", "content": SECRET}]}
    await caller.put("/api/v1/policies/cache", json={"mode": "exact"})
    await caller.post("/v1/chat/completions", json=asked)
    again = await caller.post("/v1/chat/completions", json=asked)
    await caller.delete("/api/v1/policies/cache")
    return again.headers["x-chimera-cache-id"]
