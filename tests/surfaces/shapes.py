"""What every refusal must look like: OpenAI's shape under `/v1`, RFC 9457 elsewhere."""

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
    body = response.json()
    if response.request.url.path.startswith("/v1/"):
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
