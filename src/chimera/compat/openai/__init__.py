"""The OpenAI-compatible API under `/v1`. Start reading at `app.py`."""
