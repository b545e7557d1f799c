"""Google's Gemini API, served from any provider's models."""
