"""Use cases of the library, a file each. They open transactions; nothing here knows HTTP."""

from chimera.prompts.service.library import Library
from chimera.prompts.service.profiles import ItemChange, ItemView, Profile
from chimera.prompts.service.uses import Resolved, persona_found, resolved
from chimera.prompts.service.versions import Versioning

__all__ = ["ItemChange", "ItemView", "Library", "Profile", "Resolved", "Versioning", "persona_found", "resolved"]
