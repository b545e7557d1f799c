"""The library of an organisation: prompts and personas, in versions, shared and rendered."""
