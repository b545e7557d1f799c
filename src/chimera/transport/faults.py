"""What goes wrong between us and a server. Whoever calls says it in the words of its port."""

from enum import StrEnum


class Fault(StrEnum):
    """The ways in which an exchange fails; a closed union."""

    ADDRESS = "its address is not a valid URL"
    HEADER = "a header cannot be sent"
    NAME = "its host name is not known"
    FORBIDDEN = "its address is not one that may be asked"
    REFUSED = "the connection was refused"
    UNREACHABLE = "no connection could be made"
    TLS = "no trusted TLS connection could be made"
    LOST = "the connection was lost"
    SLOW = "the connection was not made in time"
    SILENT = "nothing came in time"
    CUT = "the answer ended before its end"
    GARBAGE = "the answer is not HTTP"


class TransportError(Exception):
    """An exchange failed, or was refused before anything was sent."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
