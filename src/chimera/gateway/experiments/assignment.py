"""Which arm a call belongs to: the same for all calls of a conversation or a person, on every replica. Pure."""

from hashlib import blake2b

from chimera.gateway.call import Call
from chimera.gateway.experiments.tally import Arm
from chimera.kit.lots import is_drawn
from chimera.llm import Request, Text
from chimera.policies.sections.experiments import Experiment

_LONGEST = 4096


def edition(experiment: Experiment) -> str:
    """Names what is compared: results of other models under the same name are others."""
    return blake2b(
        f"{experiment.kind}\n{experiment.model}\n{experiment.challenger}".encode(), digest_size=4
    ).hexdigest()


def arm_of(experiment: Experiment, call: Call) -> Arm:
    who = str(call.scope.actor_id) if experiment.sticky == "user" else _conversation(call)
    name = f"{experiment.name}\n{edition(experiment)}\n{who}"
    return "challenger" if is_drawn(name, experiment.share) else "control"


def _conversation(call: Call) -> str:
    """A conversation that is kept here has an id; any other is known by its caller and how it began."""
    if call.origin.conversation_id is not None:
        return str(call.origin.conversation_id)
    request = call.request
    if not isinstance(request, Request):
        return str(call.scope.actor_id)
    first = next((message for message in request.messages if message.role == "user"), None)
    parts = (*request.system, *(first.parts if first else ()))
    begun = "\n".join(part.text[:_LONGEST] for part in parts if isinstance(part, Text))
    return f"{call.scope.actor_id}\n{begun}"
