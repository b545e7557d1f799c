"""What every refusal must look like: the shape of the API that was called, on our own addresses RFC 9457."""

import re

from httpx2 import Response
from tests.serving import API_KEY, OWNER_PASSWORD

SECRETS = (API_KEY, OWNER_PASSWORD, "good-key")
# What a stack trace or an exception's representation would show.
INNARDS = re.compile(
    r"Traceback|File \"|site-packages|chimera\.|sqlalchemy|asyncpg|sqlite3|0x[0-9a-f]{8}", re.IGNORECASE
)
CODE = re.compile(r"[a-z][a-z0-9_]*")
PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "request_id"}


def refused(response: Response) -> str:
    """Check that this is a refusal in the shape of its surface, and return its code."""
    assert 400 <= response.status_code < 500, f"{response.status_code}: {response.text[:500]}"
    assert not INNARDS.search(response.text), response.text[:500]
    assert not [secret for secret in SECRETS if secret in response.text]
    body, path = response.json(), response.request.url.path
    if path.startswith("/v1beta/") or (path.startswith("/v1/") and "x-goog-api-key" in response.request.headers):
        return google_refusal(response)
    if path.startswith("/v1/messages"):
        return anthropic_refusal(response)
    if re.match(r"/api/(?!v\d)", path):
        assert set(body) == {"error", "code"}
        assert body["error"]
        assert CODE.fullmatch(body["code"]), body
        return str(body["code"])
    if path.startswith("/v1/"):
        assert response.headers["content-type"] == "application/json"
        assert set(body) == {"error", "request_id"}
        error = body["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert error["message"]
        code = error["code"]
    else:
        assert response.headers["content-type"] == "application/problem+json"
        assert set(body) - {"errors", "retry_after_s"} == PROBLEM_KEYS
        assert body["status"] == response.status_code
        assert body["detail"]
        code = body["code"]
    assert CODE.fullmatch(code), code
    assert body["request_id"] == response.headers["x-request-id"] != ""
    return str(code)


def anthropic_refusal(response: Response) -> str:
    """Check that this is a refusal of Anthropic's, and return our code in it."""
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert (set(body), body["type"]) == ({"type", "error", "request_id"}, "error")
    assert body["request_id"] == response.headers["x-request-id"] != ""
    error = body["error"]
    assert set(error) - {"param"} == {"type", "message", "code"}
    assert error["message"]
    assert CODE.fullmatch(error["code"]), error
    return str(error["code"])


def google_refusal(response: Response) -> str:
    """Check that this is a refusal of Google's, and return our code in it."""
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"code", "message", "status", "details"}
    assert error["code"] == response.status_code
    assert error["message"]
    info = error["details"][0]
    assert info["metadata"]["requestId"] == response.headers["x-request-id"] != ""
    code = str(info["reason"]).lower()
    assert CODE.fullmatch(code), code
    return code
