"""The errors of each provider, in its own status, shape and words."""

# ruff: noqa: E501  # the sentences are the providers' own and stay in one piece

from collections.abc import Callable

from tests.fakes.faults import Refusal
from tests.fakes.frames import Json
from tests.fakes.wires.wire import Circumstances, Refused

_STATUS = {
    Refusal.RATE_LIMITED: 429,
    Refusal.QUOTA_EXHAUSTED: 429,
    Refusal.SERVER_ERROR: 500,
    Refusal.UNAVAILABLE: 503,
    Refusal.OVERLOADED: 529,
    Refusal.WRONG_KEY: 401,
    Refusal.FORBIDDEN: 403,
    Refusal.MODEL_NOT_FOUND: 404,
    Refusal.CONTEXT_TOO_LONG: 400,
    Refusal.BAD_REQUEST: 400,
}

# Type, code and message of OpenAI.
_OPENAI: dict[Refusal, tuple[str, str | None, str]] = {
    Refusal.RATE_LIMITED: ("requests", "rate_limit_exceeded", "Rate limit reached for {model} on requests per min (RPM): Limit 3, Used 3, Requested 1."),
    Refusal.QUOTA_EXHAUSTED: ("insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."),
    Refusal.SERVER_ERROR: ("server_error", None, "The server had an error while processing your request. Sorry about that!"),
    Refusal.UNAVAILABLE: ("server_error", None, "The engine is currently overloaded, please try again later"),
    Refusal.OVERLOADED: ("server_error", None, "That model is currently overloaded with other requests."),
    Refusal.WRONG_KEY: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    Refusal.FORBIDDEN: ("request_forbidden", "unsupported_country_region_territory", "Country, region, or territory not supported"),
    Refusal.MODEL_NOT_FOUND: ("invalid_request_error", "model_not_found", "The model `{model}` does not exist or you do not have access to it."),
    Refusal.CONTEXT_TOO_LONG: ("invalid_request_error", "context_length_exceeded", "This model's maximum context length is 128000 tokens. However, your messages resulted in 128123 tokens. Please reduce the length of the messages."),
    Refusal.BAD_REQUEST: ("invalid_request_error", None, "{message}"),
}  # fmt: skip

_AZURE: dict[Refusal, tuple[str, str]] = {
    Refusal.RATE_LIMITED: ("429", "Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded call rate limit of your current pricing tier. Please retry after 2 seconds."),
    Refusal.QUOTA_EXHAUSTED: ("insufficient_quota", "You exceeded your current quota, please check your plan and billing details."),
    Refusal.WRONG_KEY: ("401", "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription."),
    Refusal.FORBIDDEN: ("403", "Access denied due to Virtual Network/Firewall rules."),
    Refusal.MODEL_NOT_FOUND: ("DeploymentNotFound", "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."),
    Refusal.SERVER_ERROR: ("InternalServerError", "Backend returned unexpected response. Please contact Microsoft for help."),
    Refusal.UNAVAILABLE: ("ServiceUnavailable", "The service is temporarily unable to process your request. Please try again later."),
}  # fmt: skip

_DEEPSEEK: dict[Refusal, tuple[int, str, str]] = {
    Refusal.WRONG_KEY: (401, "authentication_error", "Authentication Fails, Your api key is invalid"),
    Refusal.QUOTA_EXHAUSTED: (402, "unknown_error", "Insufficient Balance"),
    Refusal.RATE_LIMITED: (429, "rate_limit_error", "You are sending requests too quickly."),
    Refusal.UNAVAILABLE: (503, "service_unavailable_error", "Service is too busy. We advise users to temporarily switch to alternative LLM API service providers."),
    Refusal.CONTEXT_TOO_LONG: (400, "invalid_request_error", "This model's maximum context length is 65536 tokens. However, you requested 70000 tokens (66000 in the messages, 4000 in the completion)."),
}  # fmt: skip

_OPENROUTER: dict[Refusal, tuple[int, str]] = {
    Refusal.WRONG_KEY: (401, "No auth credentials found"),
    Refusal.QUOTA_EXHAUSTED: (402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits"),
    Refusal.RATE_LIMITED: (429, "Rate limit exceeded: free-models-per-min."),
    Refusal.UNAVAILABLE: (503, "No instances available"),
    Refusal.SERVER_ERROR: (500, "Internal Server Error"),
    Refusal.OVERLOADED: (529, "Provider returned error"),
    Refusal.MODEL_NOT_FOUND: (404, "No endpoints found for {model}."),
    Refusal.CONTEXT_TOO_LONG: (400, "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens."),
    Refusal.FORBIDDEN: (403, "Your chosen model requires moderation and your input was flagged"),
    Refusal.BAD_REQUEST: (400, "{message}"),
}  # fmt: skip

_VLLM: dict[Refusal, tuple[str, str]] = {
    Refusal.RATE_LIMITED: ("TooManyRequestsError", "Too many requests"),
    Refusal.MODEL_NOT_FOUND: ("NotFoundError", "The model `{model}` does not exist."),
    Refusal.CONTEXT_TOO_LONG: ("BadRequestError", "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens in the messages. Please reduce the length of the messages."),
    Refusal.BAD_REQUEST: ("BadRequestError", "{message}"),
    Refusal.SERVER_ERROR: ("InternalServerError", "EngineCore encountered an issue."),
    Refusal.UNAVAILABLE: ("ServiceUnavailableError", "The server is unavailable"),
}  # fmt: skip

_ANTHROPIC: dict[Refusal, tuple[int, str, str]] = {
    Refusal.RATE_LIMITED: (429, "rate_limit_error", "This request would exceed your organization's rate limit of 50 requests per minute."),
    Refusal.QUOTA_EXHAUSTED: (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."),
    Refusal.SERVER_ERROR: (500, "api_error", "Internal server error"),
    Refusal.UNAVAILABLE: (503, "api_error", "Service unavailable"),
    Refusal.OVERLOADED: (529, "overloaded_error", "Overloaded"),
    Refusal.WRONG_KEY: (401, "authentication_error", "invalid x-api-key"),
    Refusal.FORBIDDEN: (403, "permission_error", "Your API key does not have permission to use the specified resource."),
    Refusal.MODEL_NOT_FOUND: (404, "not_found_error", "model: {model}"),
    Refusal.CONTEXT_TOO_LONG: (400, "invalid_request_error", "prompt is too long: 200123 tokens > 200000 maximum"),
    Refusal.BAD_REQUEST: (400, "invalid_request_error", "{message}"),
}  # fmt: skip

_GEMINI: dict[Refusal, tuple[int, str, str]] = {
    Refusal.RATE_LIMITED: (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."),
    Refusal.QUOTA_EXHAUSTED: (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generate_content_free_tier_requests, limit: 0"),
    Refusal.SERVER_ERROR: (500, "INTERNAL", "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"),
    Refusal.UNAVAILABLE: (503, "UNAVAILABLE", "The service is currently unavailable."),
    # Google has no 529.
    Refusal.OVERLOADED: (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    # A wrong key is an invalid argument here; only the reason within the details tells.
    Refusal.WRONG_KEY: (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    Refusal.FORBIDDEN: (403, "PERMISSION_DENIED", "Your project has been denied access."),
    Refusal.MODEL_NOT_FOUND: (404, "NOT_FOUND", "models/{model} is not found for API version v1beta, or is not supported for generateContent."),
    Refusal.CONTEXT_TOO_LONG: (400, "INVALID_ARGUMENT", "The input token count (1200001) exceeds the maximum number of tokens allowed (1048576)."),
    Refusal.BAD_REQUEST: (400, "INVALID_ARGUMENT", "{message}"),
}  # fmt: skip

_OLLAMA: dict[Refusal, tuple[int, str]] = {
    Refusal.RATE_LIMITED: (429, "too many requests"),
    Refusal.QUOTA_EXHAUSTED: (402, "you've reached your hourly usage limit, please upgrade to continue"),
    Refusal.SERVER_ERROR: (500, "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error"),
    Refusal.UNAVAILABLE: (503, "server busy, please try again.  maximum pending requests exceeded"),
    Refusal.OVERLOADED: (529, "overloaded"),
    Refusal.WRONG_KEY: (401, "unauthorized"),
    Refusal.FORBIDDEN: (403, "forbidden"),
    Refusal.MODEL_NOT_FOUND: (404, "model '{model}' not found"),
    Refusal.CONTEXT_TOO_LONG: (400, "the input length exceeds the context length"),
    Refusal.BAD_REQUEST: (400, "{message}"),
}  # fmt: skip


def openai(refusal: Refusal, about: Circumstances) -> Refused:
    """OpenAI: `error` with message, type, param and code; waits in `retry-after-ms` too."""
    kind, code, message = _OPENAI[refusal]
    param = {Refusal.CONTEXT_TOO_LONG: "messages", Refusal.MODEL_NOT_FOUND: "model"}.get(refusal)
    error = {"message": _fill(message, about), "type": kind, "param": param, "code": code}
    return Refused(status=_STATUS[refusal], body={"error": error}, headers=_retry(about, millis=True))


def azure(refusal: Refusal, about: Circumstances) -> Refused:
    """Azure: code and message only where its own gateway answers, OpenAI's shape where the model does."""
    if refusal not in _AZURE:
        return openai(refusal, about)
    code, message = _AZURE[refusal]
    return Refused(
        status=_STATUS[refusal], body={"error": {"code": code, "message": message}}, headers=_retry(about, millis=True)
    )


def deepseek(refusal: Refusal, about: Circumstances) -> Refused:
    """DeepSeek: OpenAI's shape with its own types, 402 without money."""
    if refusal not in _DEEPSEEK:
        return openai(refusal, about)
    status, kind, message = _DEEPSEEK[refusal]
    error = {"message": message, "type": kind, "param": None, "code": "invalid_request_error"}
    return Refused(status=status, body={"error": error}, headers=_retry(about))


def openrouter(refusal: Refusal, about: Circumstances) -> Refused:
    """OpenRouter: code is the status as a number, the upstream's error in the metadata."""
    status, message = _OPENROUTER[refusal]
    error: Json = {"message": _fill(message, about), "code": status}
    if refusal is Refusal.OVERLOADED:
        error["metadata"] = {"provider_name": "Fake", "raw": '{"error":{"type":"overloaded_error"}}'}
    return Refused(status=status, body={"error": error, "user_id": "user_fake"}, headers=_retry(about))


def lmstudio(refusal: Refusal, about: Circumstances) -> Refused:
    """LM Studio: the error is a plain string, except for a missing model."""
    if refusal is Refusal.MODEL_NOT_FOUND:
        return openai(refusal, about)
    message = {
        Refusal.CONTEXT_TOO_LONG: "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input",
        Refusal.WRONG_KEY: "Malformed LM Studio API token provided.",
    }.get(refusal, _OPENAI[refusal][2])  # fmt: skip
    return Refused(status=_STATUS[refusal], body={"error": _fill(message, about)}, headers=_retry(about))


def vllm(refusal: Refusal, about: Circumstances) -> Refused:
    """A generic compatible server, as vLLM: the code is a number; a wrong key gets a bare string."""
    if refusal is Refusal.WRONG_KEY:
        return Refused(status=401, body={"error": "Unauthorized"})
    kind, message = _VLLM.get(refusal, (_OPENAI[refusal][0], _OPENAI[refusal][2]))
    error = {"message": _fill(message, about), "type": kind, "param": None, "code": _STATUS[refusal]}
    return Refused(status=_STATUS[refusal], body={"error": error}, headers=_retry(about))


def anthropic(refusal: Refusal, about: Circumstances) -> Refused:
    """Anthropic: `type: error` around type and message, with the request's id."""
    status, kind, message = _ANTHROPIC[refusal]
    error = {"type": kind, "message": _fill(message, about)}
    body: Json = {"type": "error", "error": error, "request_id": f"req_{about.serial:06d}"}
    return Refused(status=status, body=body, headers=_retry(about))


def gemini(refusal: Refusal, about: Circumstances) -> Refused:
    """Google: code, message, status and details; how long to wait stands in the details of a 429, not in a header."""
    status, name, message = _GEMINI[refusal]
    error: Json = {"code": status, "message": _fill(message, about), "status": name}
    details: list[Json] = []
    if refusal is Refusal.WRONG_KEY:
        details.append(
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
                "metadata": {"service": "generativelanguage.googleapis.com"},
            }
        )
    if status == _STATUS[Refusal.RATE_LIMITED]:
        violation = {"quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests"}
        details.append({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]})
        if about.retry_after_s is not None:
            delay: Json = {
                "@type": "type.googleapis.com/google.rpc.RetryInfo",
                "retryDelay": f"{about.retry_after_s:g}s",
            }
            details.append(delay)
    if details:
        error["details"] = details
    headers = _retry(about) if refusal is Refusal.UNAVAILABLE else ()
    return Refused(status=status, body={"error": error}, headers=headers)


def ollama(refusal: Refusal, about: Circumstances) -> Refused:
    """Ollama: one string."""
    status, message = _OLLAMA[refusal]
    return Refused(status=status, body={"error": _fill(message, about)}, headers=_retry(about))


def _fill(message: str, about: Circumstances) -> str:
    fill: dict[str, Callable[[], str]] = {"{model}": lambda: about.model, "{message}": lambda: about.message}
    for mark, value in fill.items():
        message = message.replace(mark, value())
    return message


def _retry(about: Circumstances, *, millis: bool = False) -> tuple[tuple[str, str], ...]:
    if about.retry_after_s is None:
        return ()
    after = ("retry-after", f"{about.retry_after_s:g}")
    return (after, ("retry-after-ms", f"{about.retry_after_s * 1000:g}")) if millis else (after,)
