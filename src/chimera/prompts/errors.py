"""What can be wrong with a prompt or persona.

PromptError
├── PromptNotFoundError    prompt_not_found           also when it is another's, and not shared with the caller
├── PersonaNotFoundError   persona_not_found          likewise
├── VersionNotFoundError   prompt_version_not_found
├── LabelNotFoundError     prompt_label_not_found
├── TemplateError          prompt_template_invalid    says in which part and line, and what is not allowed there
├── VariablesError         prompt_variables_invalid   says which variable, and what it should be
├── RenderingError         prompt_rendering_failed    these values do not go with this template, or it takes too long
├── PromptChangedError     prompt_changed             somebody else changed it meanwhile
└── TooManyPromptsError    too_many_prompts
"""

from chimera.kit.errors import AppError, Kind


class PromptError(AppError):
    """Base of all errors of the library."""


class PromptNotFoundError(PromptError):
    code = "prompt_not_found"
    kind = Kind.NOT_FOUND


class PersonaNotFoundError(PromptError):
    code = "persona_not_found"
    kind = Kind.NOT_FOUND


class VersionNotFoundError(PromptError):
    code = "prompt_version_not_found"
    kind = Kind.NOT_FOUND


class LabelNotFoundError(PromptError):
    code = "prompt_label_not_found"
    kind = Kind.NOT_FOUND


class TemplateError(PromptError):
    code = "prompt_template_invalid"
    kind = Kind.INVALID


class VariablesError(PromptError):
    code = "prompt_variables_invalid"
    kind = Kind.INVALID


class RenderingError(PromptError):
    code = "prompt_rendering_failed"
    kind = Kind.INVALID


class PromptChangedError(PromptError):
    code = "prompt_changed"
    kind = Kind.CONFLICT


class TooManyPromptsError(PromptError):
    code = "too_many_prompts"
    kind = Kind.CONFLICT
