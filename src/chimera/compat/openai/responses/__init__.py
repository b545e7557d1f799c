"""OpenAI's Responses API under `/v1/responses`. Start reading at `routes.py`."""
