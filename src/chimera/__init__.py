"""Chimera: one governed home for every AI model."""
