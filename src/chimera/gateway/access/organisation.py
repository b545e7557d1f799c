"""What an organisation decided of models, laid upon its calls."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from msgspec.structs import replace as changed

from chimera.gateway.call import Call, Handler
from chimera.kit.scope import Scope
from chimera.llm import Stream
from chimera.policies.policy import Policy


class OfTheOrganisation:
    """Narrows what a call may ask to what its organisation allows, and names whom that wants asked where one fails.

    It stands below the stage that looks the policy up, and above all that asks for models.
    """

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        policy = call.trail.policy
        if policy is None or not (policy.models.allowed or policy.models.fallback):
            return proceed(call)
        fallbacks = call.fallbacks or policy.models.fallback
        return proceed(changed(call, scope=_narrowed(call.scope, policy), fallbacks=fallbacks))


async def within(policy: Callable[[Scope], Awaitable[Policy]], caller: Scope) -> Scope:
    """The caller with their organisation's list among their own: for what tells of models and asks none.

    Raises:
        DatabaseUnavailableError: if the policy was never read and cannot be read now.
    """
    return _narrowed(caller, await policy(caller))


def _narrowed(scope: Scope, policy: Policy) -> Scope:
    allowed = policy.models.allowed
    return replace(scope, models=(*scope.models, allowed)) if allowed else scope
