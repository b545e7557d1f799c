"""The HTTP API of conversations, a router per resource."""

from fastapi import APIRouter

from chimera.conversations.endpoints import contexts, conversations, messages, turns
from chimera.conversations.service import Conversations, Readers, Turns

__all__ = ["router"]


def router(conversations_: Conversations, turns_: Turns, readers: Readers) -> APIRouter:
    """All of `/api/v1/conversations`, `/api/v1/chat` and `/api/v1/turns`, for callers that may chat."""
    api = APIRouter(prefix="/api/v1")
    api.include_router(conversations.router(conversations_))
    api.include_router(contexts.router(conversations_))
    api.include_router(messages.router(turns_, readers))
    api.include_router(turns.router(turns_, readers))
    return api
