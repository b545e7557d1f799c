"""Answers of OpenAI's Responses API that are kept: to be read again, continued, or written in the background."""
