"""Who remembers open circuits for all replicas: one file an implementation of `gateway.resilience.BreakerMemory`."""
