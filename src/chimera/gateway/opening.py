"""Up to where a call may still be tried again: the events before the first one that a reader would see."""

from chimera.llm import Event, ProviderAnswerError, Started, Stream, UsageReported


async def opening(stream: Stream, *, provider: str) -> list[Event]:
    """Read up to and with the first event that carries content or the end.

    Raises:
        ProviderAnswerError: if the stream ended before any such event.
    """
    heard: list[Event] = []
    async for event in stream:
        heard.append(event)
        if not isinstance(event, Started | UsageReported):
            return heard
    raise ProviderAnswerError("The provider ended its answer before it began.", provider=provider)
