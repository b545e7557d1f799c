"""OpenAI's endpoints that are passed on unread to a provider that has them: moderations, audio, images."""
