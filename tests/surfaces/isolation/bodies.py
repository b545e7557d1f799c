"""What the walks over every endpoint send: a body for each operation that takes one. A new operation adds its own."""

from datetime import timedelta
from typing import Any

from chimera.kit.clock import utc_now

SOON = (utc_now() + timedelta(days=10)).isoformat()
# Public, and not in the description: pages for people and monitoring, which hold nothing of any organisation.
PAGES = {"/docs", "/docs/start.js", "/metrics", "/openapi.json"}
# What `bootstrap.web.Doors` leads to, and where all of it is walked.
DOORS = {
    "compat": "described",
    "uploads": "described: what is uploaded, without limits of its own",
    "imports": "described: conversations out of files",
    "platform": "described",
    "rest": "described",
    "sockets": "`test_sockets.py`: every socket",
    "directory": "`test_directory.py`: /scim/v2, which has its own description and credentials",
}
# Path parameters that name no tenant's thing.
SHARED = {"model": "openai/gpt-5", "month": "2026-11", "role_name": "viewer", "handle": "Ada"} | {
    "version": "1",
    "number": "0",
    "label": "production",
    # Theirs are done before anybody can ask for them: `tests/jobs` shows that nobody sees another's.
    "job_id": "0199c3f4-0000-7000-8000-000000000000",
}
# What an address must ask beside its path.
QUERIES = {"/api/v1/search": "?q=coup"}
# A body that would succeed, had the caller the right to it.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("patch", "/api/v1/conversations/{conversation_id}"): {"title": "mine now"},
    ("post", "/api/v1/conversations/{conversation_id}/messages"): {"text": "Hi"},
    ("patch", "/api/v1/conversations"): {"conversation_ids": ["0199c3f4-0000-7000-8000-000000000000"], "pinned": True},
    ("post", "/api/v1/folders"): {"name": "mine"},
    ("patch", "/api/v1/folders/{folder_id}"): {"name": "mine now"},
    ("patch", "/api/v1/tags/{tag_id}"): {"name": "mine now"},
    ("post", "/api/v1/conversations/{conversation_id}/shares"): {"masked": True},
    ("patch", "/api/v1/conversations/{conversation_id}/shares/{share_id}"): {"expires_at": SOON},
    ("put", "/api/v1/policies/sharing"): {"audience": "anybody"},
    ("put", "/api/v1/conversations/{conversation_id}/branch"): {"message_id": "0199c3f4-0000-7000-8000-000000000000"},
    ("post", "/api/v1/conversations/{conversation_id}/fork"): {},
    ("post", "/api/v1/conversations/{conversation_id}/compare"): {"models": ["openai/gpt-5", "auto"], "text": "Hi"},
    ("post", "/api/v1/conversations/{conversation_id}/messages/{message_id}/compare"): {
        "models": ["openai/gpt-5", "auto"]
    },
    ("post", "/api/v1/conversations/{conversation_id}/messages/{message_id}/regenerate"): {},
    ("put", "/api/v1/conversations/{conversation_id}/messages/{message_id}/feedback"): {"good": False},
    ("post", "/api/v1/conversations/{conversation_id}/messages/{message_id}/continue"): {},
    ("put", "/api/v1/conversations/{conversation_id}/panel"): {
        "participants": [{"handle": "Ada", "model": "openai/gpt-5"}],
        "policy": {"kind": "round_robin"},
    },
    ("patch", "/api/v1/conversations/{conversation_id}/panel/participants/{handle}"): {"muted": True},
    ("post", "/api/v1/conversations/{conversation_id}/panel/run"): {"text": "Hi"},
    ("post", "/api/v1/conversations/{conversation_id}/panel/retry"): {
        "message_id": "0199c3f4-0000-7000-8000-000000000000"
    },
    ("post", "/api/v1/conversations/{conversation_id}/panel/interject"): {"text": "Hi"},
    ("post", "/api/v1/conversations/{conversation_id}/panel/skip"): {"handle": "Ada"},
    ("post", "/api/v1/conversations/import"): {
        "title": "Mine",
        "mapping": {"1": {"message": {"author": {"role": "user"}, "content": {"parts": ["Hi"]}}}},
    },
    ("post", "/api/v1/prompts"): {"name": "mine", "text": "Hi"},
    ("post", "/api/v1/prompts/preview"): {"text": "Hi"},
    ("patch", "/api/v1/prompts/{prompt_id}"): {"name": "mine now"},
    ("post", "/api/v1/prompts/{prompt_id}/render"): {},
    ("post", "/api/v1/prompts/{prompt_id}/versions"): {"text": "mine now"},
    ("put", "/api/v1/prompts/{prompt_id}/labels/{label}"): {"versions": [{"version": 1}]},
    ("post", "/api/v1/personas"): {"name": "mine", "text": "Hi"},
    ("patch", "/api/v1/personas/{persona_id}"): {"name": "mine now"},
    ("put", "/api/v1/conversations/{conversation_id}/memory"): {"enabled": False},
    ("put", "/api/v1/memory/settings"): {"enabled": True},
    ("post", "/api/v1/memories"): {"statement": "I like trains."},
    ("patch", "/api/v1/memories/{memory_id}"): {"statement": "I like ships."},
    ("post", "/api/v1/conversations"): {"title": "Mine"},
    ("post", "/api/v1/cache/{entry_id}/feedback"): {"good": False},
    ("put", "/api/v1/policies/cache"): {"mode": "exact"},
    ("put", "/api/v1/policies/experiments"): {"running": []},
    ("put", "/api/v1/policies/layout"): {"auto": True},
    ("post", "/api/v1/lint"): {"request": {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}},
    ("put", "/api/v1/policies/lifecycle"): {"pause_minutes": 60},
    ("put", "/api/v1/policies/steps"): {"recap_every": 20},
    ("put", "/api/v1/policies/limits"): {"tier": "unlimited"},
    ("put", "/api/v1/policies/models"): {"allowed": ["openai/*"]},
    ("put", "/api/v1/policies/memory"): {"mode": "on"},
    ("put", "/api/v1/policies/branding"): {"name": "Mine"},
    ("put", "/api/v1/policies/resilience"): {"level": "full"},
    ("put", "/api/v1/policies/retention"): {"files_days": 1},
    ("put", "/api/v1/policies/routing"): {"dial": 1.0},
    ("put", "/api/v1/policies/sign_in"): {"shortest_password": 14},
    ("put", "/api/v1/policies/spend"): {"unpriced": "refuse"},
    ("post", "/api/v1/chat"): {"message": "Hi"},
    ("post", "/api/v1/estimate"): {"model": "auto", "messages": [{"role": "user", "content": "Hi"}]},
    ("post", "/api/v1/route"): {"model": "auto", "messages": [{"role": "user", "content": "Hi"}]},
    ("post", "/api/v1/route/replay"): {"dial": 0.5},
    ("post", "/api/v1/feedback"): {"call_id": "0199c3f4-0000-7000-8000-000000000000", "good": True},
    ("patch", "/api/v1/users/{user_id}"): {"name": "mine now"},
    ("post", "/api/v1/service-accounts"): {"name": "mine"},
    ("patch", "/api/v1/service-accounts/{service_account_id}"): {"name": "mine now"},
    ("post", "/api/v1/invitations"): {"email": "mine@example.com"},
    ("post", "/api/v1/invitations/accept"): {"token": "guessed", "password": "several unrelated words"},
    ("post", "/api/v1/tenants"): {"name": "mine", "owner_email": "mine@example.com"},
    ("patch", "/api/v1/tenants/{tenant_id}"): {"name": "mine now"},
    ("put", "/api/v1/tenants/{tenant_id}/config"): {"cache": {"mode": "exact"}},
    ("patch", "/api/v1/tenants/{tenant_id}/config"): {"cache": {"mode": "exact"}},
    ("post", "/api/v1/session/tenant"): {"tenant_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
    ("post", "/api/v1/groups"): {"name": "mine"},
    ("post", "/api/v1/privacy/exports"): {},
    ("post", "/api/v1/provider-connections"): {
        "name": "mine",
        "kind": "openai",
        "provider": "elsewhere",
        "base_url": "https://llm.example.invalid/v1",
        "credential": "mine",
    },
    ("post", "/api/v1/provider-connections/{connection_id}/rotate"): {"credential": "mine now"},
    ("patch", "/api/v1/provider-connections/{connection_id}"): {"name": "mine now"},
    ("post", "/api/v1/privacy/erasures"): {"user_id": "0199c3f4-0000-7000-8000-000000000000"},
    ("post", "/api/v1/privacy/legal-holds"): {"reason": "mine"},
    ("patch", "/api/v1/groups/{group_id}"): {"name": "mine now"},
    ("post", "/api/v1/identity-providers"): {
        "name": "mine",
        "issuer": "https://login.example.invalid",
        "client_id": "chimera",
        "domains": ["example.invalid"],
    },
    ("patch", "/api/v1/identity-providers/{provider_id}"): {"name": "mine now"},
    ("post", "/api/v1/scim-tokens"): {"name": "mine"},
    ("post", "/api/v1/sso/backchannel-logout/{provider_id}"): {},  # a form, which `test_forgeries.py` sends
    ("post", "/api/v1/roles"): {"name": "mine", "permissions": []},
    ("patch", "/api/v1/roles/{role_id}"): {"description": "mine now"},
    ("put", "/api/v1/roles/built-in/{role_name}"): {"models": None},
    ("post", "/api/v1/keys"): {"name": "mine"},
    ("patch", "/api/v1/keys/{key_id}"): {"name": "mine now"},
    ("post", "/api/v1/keys/{key_id}/rotate"): {"overlap_s": 60},
    ("post", "/api/v1/token"): {"permissions": ["chat"]},
    ("post", "/api/v1/token-issuers"): {
        "name": "mine",
        "issuer": "https://tokens.example.invalid",
        "audience": "chimera",
    },
    ("patch", "/api/v1/token-issuers/{issuer_id}"): {"name": "mine now"},
    ("post", "/api/v1/token/refresh"): {"refresh_token": "cr_of-nobody"},
    ("post", "/api/v1/token/revoke"): {"refresh_token": "cr_of-nobody"},
    ("post", "/api/v1/password"): {"old_password": "x", "new_password": "several unrelated words"},
    ("post", "/api/v1/budgets"): {"name": "mine", "kind": "tenant", "period": "month", "limit": "1", "hard": False},
    ("patch", "/api/v1/budgets/{budget_id}"): {"name": "mine now"},
    ("post", "/api/v1/webhooks"): {"url": "https://example.invalid/mine"},
    ("patch", "/api/v1/webhooks/{webhook_id}"): {"description": "mine now"},
    ("post", "/api/v1/webhooks/{webhook_id}/replay"): {"since": "2026-01-01T00:00:00Z"},
    ("post", "/api/v1/session"): {"email": "nobody@example.com", "password": "x"},
    ("post", "/api/v1/password/reset"): {"email": "nobody@example.com"},
    ("post", "/api/v1/password/reset/confirm"): {"token": "x", "new_password": "several unrelated words"},
    ("post", "/api/v1/email/verify"): {"token": "x"},
    ("post", "/api/v1/session/passkey/verify"): {
        "step": "x",
        "credential": {
            "id": "x",
            "rawId": "x",
            "response": {"clientDataJSON": "x", "authenticatorData": "x", "signature": "x"},
        },
    },
    ("post", "/api/v1/passkeys"): {
        "step": "x",
        "name": "mine",
        "credential": {"id": "x", "rawId": "x", "response": {"clientDataJSON": "x", "attestationObject": "x"}},
    },
    ("patch", "/api/v1/passkeys/{passkey_id}"): {"name": "mine now"},
    ("post", "/api/v1/session/proof"): {"password": "x"},
    ("post", "/api/v1/session/second-factor"): {"step": "x", "code": "000000"},
    ("post", "/api/v1/session/second-factor/totp"): {"step": "x"},
    ("post", "/api/v1/factors/totp/confirm"): {"code": "000000"},
    ("post", "/v1/chat/completions"): {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hi"}]},
    ("post", "/v1/files"): {},  # a form, which `test_files.py` sends
    ("post", "/v1/batches"): {
        "input_file_id": f"file-{'0' * 32}",
        "endpoint": "/v1/embeddings",
        "completion_window": "24h",
    },
    ("post", "/v1/moderations"): {"input": "Hi"},
    ("post", "/v1/audio/speech"): {"model": "tts-1", "input": "Hi", "voice": "alloy"},
    ("post", "/v1/audio/transcriptions"): {},
    ("post", "/v1/audio/translations"): {},
    ("post", "/v1/images/generations"): {"model": "gpt-image-1", "prompt": "a fox"},
    ("post", "/v1/responses"): {"model": "openai/gpt-5", "input": "Hi"},
    ("post", "/v1/responses/compact"): {"model": "openai/gpt-5", "input": "Hi"},
    ("post", "/v1/responses/input_tokens"): {"model": "openai/gpt-5", "input": "Hi"},
    ("post", "/v1/messages"): {
        "model": "openai/gpt-5",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "Hi"}],
    },
    ("post", "/v1/messages/count_tokens"): {
        "model": "openai/gpt-5",
        "messages": [{"role": "user", "content": "Hi"}],
    },
    ("post", "/v1/embeddings"): {"model": "openai/text-embedding-3-small", "input": "Hi"},
    **{
        ("post", f"/v1beta/models/{{model}}:{method}"): {"contents": [{"parts": [{"text": "Hi"}]}]}
        for method in ("generateContent", "streamGenerateContent", "countTokens")
    },
    ("post", "/v1beta/models/{model}:embedContent"): {"content": {"parts": [{"text": "Hi"}]}},
    ("post", "/v1beta/models/{model}:batchEmbedContents"): {
        "requests": [{"model": "models/openai/gpt-5", "content": {"parts": [{"text": "Hi"}]}}]
    },
    ("post", "/api/chat"): {"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hi"}]},
    ("post", "/api/generate"): {"model": "openai/gpt-5", "prompt": "Hi"},
    ("post", "/api/embed"): {"model": "openai/text-embedding-3-small", "input": "Hi"},
    ("post", "/api/embeddings"): {"model": "openai/text-embedding-3-small", "prompt": "Hi"},
    ("post", "/api/show"): {"model": "openai/gpt-5"},
}
