"""Who counts requests and tokens: one file an implementation of `gateway.limits.RateLimiter`."""
