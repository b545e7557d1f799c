"""What can be wrong with a file of conversations as a whole; what is wrong with one of them, the answer tells.

ConversationError
├── ImportFormatError      import_format_unknown   nothing in the file is a conversation that we can read
├── ImportArchiveError     import_archive_invalid  the ZIP file is damaged, or unpacks to more than is taken
└── ImportInProgressError  import_in_progress      another file of the same person is being read
"""

from chimera.conversations.errors import ConversationError
from chimera.kit.errors import Kind


class ImportFormatError(ConversationError):
    code = "import_format_unknown"
    kind = Kind.INVALID


class ImportArchiveError(ConversationError):
    code = "import_archive_invalid"
    kind = Kind.INVALID


class ImportInProgressError(ConversationError):
    code = "import_in_progress"
    kind = Kind.CONFLICT
