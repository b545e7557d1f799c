"""Who hears what people say of answers in conversations: routing, and the cache."""

from chimera.conversations.feedback.service import Feedback, Judged
from chimera.gateway.routing.learning import CallNotFoundError, RouteLearning
from chimera.kit.scope import Scope
from chimera.platform.answers import CachedAnswerNotFoundError, Judging
from chimera.store import Database


def feedback_of(database: Database, learning: RouteLearning, judging: Judging) -> Feedback:
    async def route(scope: Scope, answer: Judged) -> None:
        try:
            await learning.judge(scope, answer.message_id, good=answer.good)
        except CallNotFoundError:
            return  # somebody named the model, or it is long ago

    async def cache(scope: Scope, answer: Judged) -> None:
        if answer.cache_id is None:
            return
        try:
            await judging.judge(scope, answer.cache_id, good=answer.good)
        except CachedAnswerNotFoundError:
            return  # forgotten already

    return Feedback(database=database, learners=(route, cache))
