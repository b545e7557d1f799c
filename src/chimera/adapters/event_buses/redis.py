"""Wake-ups between replicas by Redis publish/subscribe, over one shared connection.

A Redis that is away costs promptness, never events: readers look into the database on their own, too.
"""

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, SecretStr
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from chimera.conversations.bus import Bell, Bells
from chimera.kit.ids import new_id

log = structlog.get_logger()

# A subscriber connection needs a channel to be read at all, also while nobody waits for anything.
ANCHOR: Final = "anchor"
RETRY_AFTER_S: Final = 0.5


class Settings(BaseModel):
    """Where Redis is.

    Attributes:
        url: `redis://[user:password@]host:port/db`, or `rediss://` or `unix://`.
        prefix: Begins every channel's name, so that installations can share a server.
        socket_timeout_s: A frozen server must not hold a turn up for longer.
        silence_s: After so long without a message the connection is asked whether it lives.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr
    prefix: str = "chimera:wake:"
    socket_timeout_s: float = 0.25
    silence_s: float = 5.0


class RedisBus:
    def __init__(self, client: Redis, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._bells = Bells()
        self._origin = new_id().bytes
        self._pubsub: PubSub | None = None
        self._joined: dict[str, asyncio.Event] = {}
        self._commands = asyncio.Lock()
        self._resting_until = 0.0
        self._connected = asyncio.Event()

    async def publish(self, topic: str, note: str = "") -> bool:
        self._bells.ring(topic, note)
        now = asyncio.get_running_loop().time()
        if now < self._resting_until:
            return False
        try:
            await self._client.publish(self._channel(topic), self._origin + note.encode())
        except (RedisError, OSError) as error:
            self._resting_until = now + RETRY_AFTER_S
            log.warning("event_bus.publish_failed", error=type(error).__name__)
            return False
        return True

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncGenerator[Bell]:
        bell = self._bells.hang(topic)
        try:
            await self._agree(topic)
            yield bell
        finally:
            self._bells.take_down(topic, bell)
            await self._agree(topic)

    def rest(self) -> None:
        """Ring only bells of this process from now on: a closed client would open a connection that nobody closes."""
        self._resting_until = math.inf

    async def listen(self) -> None:
        """Ring bells for what other replicas publish, until cancelled; connect again whenever the connection breaks."""
        is_known_to_be_away = False
        while True:
            try:
                async with self._client.pubsub() as pubsub:
                    await self._join(pubsub)
                    if is_known_to_be_away:
                        is_known_to_be_away = False
                        log.info("event_bus.connected")
                    await self._deliver(pubsub)
            except (RedisError, OSError) as error:
                if not is_known_to_be_away:
                    is_known_to_be_away = True
                    log.warning("event_bus.disconnected", error=type(error).__name__)
            finally:
                self._pubsub = None
            await asyncio.sleep(RETRY_AFTER_S)

    async def connected(self, within_s: float) -> bool:
        """Wait for the first connection; tell whether there is one by then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._connected.wait()
        return self._connected.is_set()

    async def _join(self, pubsub: PubSub) -> None:
        async with self._commands:
            self._joined = {topic: asyncio.Event() for topic in self._bells.topics()}
            await pubsub.subscribe(*map(self._channel, (ANCHOR, *self._joined)))
            self._pubsub = pubsub
        self._connected.set()
        self._bells.ring_all()

    async def _deliver(self, pubsub: PubSub) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=self._settings.silence_s)
            if message is None:
                if asked:
                    raise RedisConnectionError("silent")
                await pubsub.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "message" and not message["data"].startswith(self._origin):
                note = message["data"][len(self._origin) :].decode()
                self._bells.ring(self._topic(message["channel"]), note)
            elif message["type"] == "subscribe" and (joined := self._joined.get(self._topic(message["channel"]))):
                joined.set()

    async def _agree(self, topic: str) -> None:
        """Let the subscription to the topic be as the bells are; a new one counts once the server has confirmed it."""
        with suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(self._settings.socket_timeout_s):
                async with self._commands:
                    await self._command(topic)
                if topic in self._bells and (joined := self._joined.get(topic)):
                    await joined.wait()

    async def _command(self, topic: str) -> None:
        if self._pubsub is None:
            return
        if topic in self._bells and topic not in self._joined:
            self._joined[topic] = asyncio.Event()
            await self._pubsub.subscribe(self._channel(topic))
        elif topic not in self._bells and topic in self._joined:
            del self._joined[topic]
            await self._pubsub.unsubscribe(self._channel(topic))

    def _channel(self, topic: str) -> str:
        return self._settings.prefix + topic

    def _topic(self, channel: bytes) -> str:
        return channel.decode().removeprefix(self._settings.prefix)


@asynccontextmanager
async def connect(settings: Settings) -> AsyncGenerator[RedisBus]:
    """Open the bus. A Redis that cannot be reached at once is waited for in the background."""
    client = Redis.from_url(
        settings.url.get_secret_value(),
        socket_timeout=settings.socket_timeout_s,
        socket_connect_timeout=settings.socket_timeout_s,
        retry=Retry(NoBackoff(), 0),
    )
    bus = RedisBus(client, settings)
    listener = asyncio.create_task(bus.listen(), name="event-bus")
    try:
        if not await bus.connected(2 * settings.socket_timeout_s):
            log.warning("event_bus.unreachable")
        yield bus
    finally:
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        bus.rest()
        await client.aclose()
