"""What happens to one model call, from a request to a stream of events. Start reading at `pipeline.py`."""
