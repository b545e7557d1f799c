"""Conversations that use the library: the persona that they began with, and the prompt of each answer."""
