"""Keep what one tenant or one slow provider does from taking all the room."""

from dataclasses import dataclass

from chimera.gateway.call import Call, Handler
from chimera.gateway.errors import ProviderBusyError, TenantBusyError
from chimera.gateway.lanes import LaneFullError, Lanes
from chimera.llm import Stream


@dataclass(frozen=True, slots=True)
class TenantBulkhead:
    """At most so many calls of one tenant at once."""

    lanes: Lanes

    async def __call__(self, call: Call, proceed: Handler) -> Stream:
        tenant = call.scope.tenant_id
        try:
            await self.lanes.enter(tenant)
        except LaneFullError as error:
            raise TenantBusyError(
                f"More than {self.lanes.limit} requests of your organisation are in flight. Try again in a moment.",
                retry_after_s=1.0,
            ) from error
        try:
            stream = proceed(call)
            try:
                async for event in stream:
                    yield event
            finally:
                await stream.aclose()
        finally:
            self.lanes.leave(tenant)


@dataclass(frozen=True, slots=True)
class ProviderBulkhead:
    """At most so many calls to one provider at once; the next target is asked when it is full."""

    lanes: Lanes

    async def __call__(self, call: Call, proceed: Handler) -> Stream:
        provider, connection = call.aim.provider, call.aim.connection
        try:
            await self.lanes.enter(connection)
        except LaneFullError as error:
            raise ProviderBusyError(
                f"More than {self.lanes.limit} requests to {provider} are in flight. Try again in a moment.",
                provider=provider,
                retry_after_s=1.0,
            ) from error
        try:
            stream = proceed(call)
            try:
                async for event in stream:
                    yield event
            finally:
                await stream.aclose()
        finally:
            self.lanes.leave(connection)
