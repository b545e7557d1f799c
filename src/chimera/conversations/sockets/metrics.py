"""What is counted of sockets."""

from prometheus_client import CollectorRegistry, Gauge

from chimera.conversations.sockets.bounds import Bounds


class SocketMetrics:
    def __init__(self, registry: CollectorRegistry, bounds: Bounds) -> None:
        gauge = Gauge("chimera_sockets_open", "WebSockets of conversations that are open.", registry=registry)
        gauge.set_function(lambda: bounds.open)
