"""What an organisation decided of models, laid upon its calls."""

from dataclasses import replace

from msgspec.structs import replace as changed

from chimera.gateway.call import Call, Handler
from chimera.llm import Stream


class OfTheOrganisation:
    """Narrows what a call may ask to what its organisation allows, and names whom that wants asked where one fails.

    It stands below the stage that looks the policy up, and above all that asks for models.
    """

    def __call__(self, call: Call, proceed: Handler) -> Stream:
        policy = call.trail.policy
        if policy is None or not (policy.models.allowed or policy.models.fallback):
            return proceed(call)
        scope, fallbacks = call.scope, call.fallbacks or policy.models.fallback
        if policy.models.allowed:
            scope = replace(scope, models=(*scope.models, policy.models.allowed))
        return proceed(changed(call, scope=scope, fallbacks=fallbacks))
