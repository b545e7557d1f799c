"""FastAPI plumbing: who calls, errors as problems, streams, paging. No domain is known here."""
