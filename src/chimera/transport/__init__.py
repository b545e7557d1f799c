"""HTTP/1.1 to others, over sockets: connections, pools, framing. Knows nothing of providers or models."""

from chimera.transport.answer import Answer
from chimera.transport.faults import Fault, TransportError
from chimera.transport.pool import Pool, Timeouts

__all__ = ["Answer", "Fault", "Pool", "Timeouts", "TransportError"]
