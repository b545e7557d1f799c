"""First results by `Idempotency-Key`: a request that is sent again is answered again, not carried out again."""
