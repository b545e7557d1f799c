"""Budgets as people make and see them: what is left, where it is going, and when it begins anew."""
