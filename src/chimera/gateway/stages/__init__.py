"""One concern a file. Their order is written in `gateway/pipeline.py`."""
