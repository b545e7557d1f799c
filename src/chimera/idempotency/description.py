"""Which requests take an `Idempotency-Key`, and how the OpenAPI description says so."""

from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

# Bodies that hold passwords, of which not even a fingerprint is kept, and where doing it twice does no harm.
UNKEYED: Final = frozenset(
    {
        "/api/v1/session",
        "/api/v1/session/proof",
        "/api/v1/session/second-factor",
        "/api/v1/password",
        "/api/v1/password/reset",
        "/api/v1/password/reset/confirm",
        "/api/v1/email/verify",
        "/api/v1/invitations/accept",
    }
)
_PARAMETER: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Of your own making, a UUID for instance. For 24 hours the same request with the same key is not "
    "carried out again, but answered as the first time, streams included, with the header `idempotent-replayed`. While "
    "the first one runs, the others follow it. Failures are not kept: the request may be sent again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "example": "7f2a1c0e-5f0b-4d4a-9a51-0c6f8f3f2b11",
}
_REPLAYED: Final[Json] = {
    "description": "`true`: this is the answer to an earlier request with the same `Idempotency-Key`.",
    "schema": {"type": "string", "enum": ["true"]},
}
_REFUSALS: Final = {
    "400": "The `Idempotency-Key` is no good one.",
    "409": "The first request with this `Idempotency-Key` still runs, or its answer was not kept.",
    "422": "This `Idempotency-Key` stands for another request.",
}


def with_keys(document: Json) -> Json:
    """Return the document with the header, the mark of an answer that is given again, and the refusals described."""
    components = document["components"]
    components.setdefault("parameters", {})["IdempotencyKey"] = _PARAMETER
    components["headers"]["IdempotentReplayed"] = _REPLAYED
    for path, operations in document["paths"].items():
        # A key belongs to a caller: where nobody has to say who they are it is not asked for.
        if "post" in operations and path not in UNKEYED and "401" in operations["post"]["responses"]:
            _describe(operations["post"])
    return document


def _describe(operation: Json) -> None:
    parameter = {"$ref": "#/components/parameters/IdempotencyKey"}
    operation["parameters"] = [*operation.get("parameters", ()), parameter]
    responses: Json = {**operation["responses"]}
    for status, response in responses.items():
        if status.startswith("2"):
            replayed = {"idempotent-replayed": {"$ref": "#/components/headers/IdempotentReplayed"}}
            responses[status] = {**response, "headers": response.get("headers", {}) | replayed}
    like = responses["401"]  # in the words of the surface
    for status, description in _REFUSALS.items():
        if status not in responses:
            responses[status] = {**like, "description": description}
    operation["responses"] = dict(sorted(responses.items()))
