"""The OpenAPI description, completed: what holds for every operation is said here, once."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

KEY, COOKIE = "key", "cookie"
_TAGS: Final = {
    "session": "Signing in and out, and one's own password.",
    "factors": "What proves who one is beside a password: authenticator apps, recovery codes, passkeys.",
    "sso": "Signing in at an organisation's own OpenID provider.",
    "jobs": "Work that goes on though nobody waits for it: what waits, runs, or could not be done.",
    "tenants": "Organisations of the installation, for who operates it.",
    "users": "Who acts in the organisation: persons, and service accounts.",
    "groups": "Teams: their budgets bind their members, who hold their role beside their own.",
    "keys": "API keys of the organisation.",
    "tokens": "Signed tokens that act for whoever began them.",
    "roles": "What those who hold a role may do, and which models they may ask.",
    "models": "What can be asked, and how the providers are doing.",
    "routing": "Which model `auto` chooses, and why.",
    "policies": "What the organisation decides about its calls.",
    "cache": "Answers that are given again.",
    "spend": "Budgets, usage, the ledger and invoices: USD as decimal strings, exact.",
    "webhooks": "Who is told of what happens.",
    "encryption": "Keys with which the organisation's secrets are sealed: rotated, and destroyed.",
    "privacy": "One's data as a file; erasures with a receipt; legal holds.",
    "audit": "Who did what: a chain of entries, each of which holds the hash of the one before.",
    "conversations": "Conversations that are kept.",
    "shares": "Links that show a conversation to others, redacted, for a time.",
    "memories": "What is remembered of people beyond a conversation: theirs alone, to read, change and forget.",
    "panels": "Several models in one conversation: who speaks when, and for how long.",
    "prompts": "Prompts and personas of one's own and of one's organisation, in versions.",
    "turns": "One question and the writing of its answer, which outlives its connection.",
    "openai": "OpenAI's API: its SDKs work with only base URL and key changed.",
    "anthropic": "Anthropic's API: its SDKs and Claude Code work with only base URL and key changed.",
    "gemini": "Google's Gemini API: its SDKs work with only base URL and key changed.",
    "ollama": "Ollama's API: its SDKs and the apps built for it work with only address and key changed.",
    "operations": "Probes for an orchestrator.",
}
_SCHEMES: Final[Json] = {
    KEY: {"type": "http", "scheme": "bearer", "description": "An API key. `x-api-key` is understood as well."},
    COOKIE: {
        "type": "apiKey",
        "in": "cookie",
        "name": "chimera_session",
        "description": "Set by `POST /api/v1/session`. Changes things only from the web app itself.",
    },
}
_PROBLEM: Final[Json] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string", "examples": ["Not Found"]},
        "status": {"type": "integer", "examples": [404]},
        "detail": {"type": "string", "description": "What happened and what to do, for a person."},
        "code": {"type": "string", "description": "Stable.", "examples": ["conversation_not_found"]},
        "request_id": {"type": "string", "examples": ["req_0199c3f4a1b27c3d8e9f0a1b2c3d4e5f"]},
        "retry_after_s": {
            "type": ["number", "null"],
            "description": "When trying again makes sense, where that is known.",
        },
        "step": {"type": "string", "description": "Names a sign-in that awaits a second factor."},
        "methods": {
            "type": "array",
            "description": "What would do as a second factor: `totp`, `recovery_code`, `passkey`, or `enrol`.",
            "items": {"type": "string"},
        },
        "errors": {
            "type": "array",
            "description": "Which fields are wrong.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_OWN: Final = {503: "The database does not answer, or too many sign in at once."}
_SECURED: Final = {401: "No valid API key or session.", 403: "The caller may not do this, or another site asked."}
_WITH_QUERY: Final = {400: "A parameter makes no sense.", 422: "A parameter does not have the promised shape."}
_WITH_PATH: Final = {404: "There is none, or it is another's.", 422: "An id is none."}
_WITH_BODY: Final = {
    400: "The body is no JSON, or makes no sense.",
    413: "The body is too large.",
    415: "The body does not say that it is JSON.",
    422: "A field does not have the promised shape.",
}


def refusals(told: Mapping[int, str]) -> dict[int | str, Json]:
    """What an endpoint says of its own refusals, as its `responses`."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": description, "content": content} for status, description in told.items()}


def complete(document: Json) -> Json:
    """Return the document with its security schemes, tags, request ids, and all refusals of `/api/v1` described."""
    components = document["components"]
    components["securitySchemes"] = _SCHEMES
    components["schemas"]["Problem"] = _PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    for path, operation in _operations(document):
        for needed in (one[KEY] for one in operation.get("security", []) if KEY in one):
            operation["security"] = [{KEY: needed}, {COOKIE: needed}]
            if needed:
                operation["description"] = (
                    f"{operation.get('description', '')}\n\nNeeds `{'`, `'.join(needed)}`.".strip()
                )
        if path.startswith("/api/v1/") or not path.startswith(("/api/", "/v1/", "/v1beta/")):
            _describe_refusals(path, operation)
        for parameter in operation.get("parameters", ()):
            if "schema" in parameter:
                parameter["schema"] = _without_null(parameter["schema"])
        for response in operation["responses"].values():
            response.setdefault("headers", {})["x-request-id"] = {"$ref": "#/components/headers/RequestId"}
    header = {"description": "Names this request in our logs.", "required": True, "schema": {"type": "string"}}
    components["headers"] = {"RequestId": header}
    document["tags"] = [{"name": name, "description": description} for name, description in _TAGS.items()]
    document["servers"] = [{"url": "/", "description": "This server."}]
    return document


def _operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            yield path, operation


def _without_null(schema: Json) -> Json:
    """What a parameter may be where it is given: neither an address nor a header can say null."""
    kinds: list[Json] = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {name: value for name, value in schema.items() if name != "anyOf"} | kinds[0]


def _describe_refusals(path: str, operation: Json) -> None:
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    told: dict[int, str] = {}
    for holds, more in (
        (path.startswith("/api/"), _OWN),
        ("path" in places, _WITH_PATH),
        ("query" in places, _WITH_QUERY),
        ("requestBody" in operation, _WITH_BODY),
        ("security" in operation, _SECURED),
    ):
        told = told | more if holds else told
    responses = operation["responses"]
    responses.pop("422", None)  # FastAPI's own shape, which we never send
    for status, response in refusals(told).items():
        responses.setdefault(str(status), response)
    operation["responses"] = dict(sorted(responses.items()))
