"""The HTTP API of conversations, a router per resource."""

from fastapi import APIRouter

from chimera.conversations.endpoints import contexts, conversations, messages, turns
from chimera.conversations.service import Conversations, Readers, Turns
from chimera.web.routers import LateRouter, join

__all__ = ["router"]


def router(conversations_: Conversations, turns_: Turns, readers: Readers) -> APIRouter:
    """All of `/api/v1/conversations`, `/api/v1/chat` and `/api/v1/turns`, for callers that may chat."""
    api = LateRouter()
    join(api, conversations.router(conversations_))
    join(api, contexts.router(conversations_))
    join(api, messages.router(turns_, readers))
    join(api, turns.router(turns_, readers))
    return api
