"""Answers to questions that mean the same: guards, what is learned of likeness, and the shelves of vectors."""
