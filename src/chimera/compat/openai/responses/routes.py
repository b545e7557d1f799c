"""The addresses of the Responses API, each with its endpoint."""

from chimera.compat.exchange import Answer, Endpoint, Surface
from chimera.compat.openai.responses.compacting import CompactInput
from chimera.compat.openai.responses.counting import CountInput
from chimera.compat.openai.responses.create import CreateResponse
from chimera.compat.openai.responses.stored import StoredResponses
from chimera.compat.openai.shape import OPENAI
from chimera.responses.service import Responses


def responses_routes(surface: Surface, responses: Responses) -> list[tuple[str, str, Endpoint]]:
    stored = StoredResponses(responses=responses)
    routes: tuple[tuple[str, str, Answer], ...] = (
        ("POST", "/v1/responses", CreateResponse(responses=responses)),
        ("POST", "/v1/responses/input_tokens", CountInput(responses=responses)),
        ("POST", "/v1/responses/compact", CompactInput(responses=responses)),
        ("GET", "/v1/responses/{response_id}", stored.retrieve),
        ("DELETE", "/v1/responses/{response_id}", stored.delete),
        ("POST", "/v1/responses/{response_id}/cancel", stored.cancel),
        ("GET", "/v1/responses/{response_id}/input_items", stored.input_items),
    )
    return [(method, path, Endpoint(surface, answer, OPENAI)) for method, path, answer in routes]
