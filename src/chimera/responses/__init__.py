"""Answers of the Responses API that are kept: continued, read again, and run in the background."""
