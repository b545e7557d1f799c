"""OpenAI's files and batches over HTTP; what they are lives in `chimera.batches`."""
