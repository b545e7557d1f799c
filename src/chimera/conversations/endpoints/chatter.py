"""Who may talk: the one permission that all of these endpoints need."""

from typing import Annotated, TypeAlias

from chimera.kit.scope import Scope
from chimera.tenancy.permissions import CHAT
from chimera.web.caller import needs

Chatter: TypeAlias = Annotated[Scope, needs(CHAT)]
