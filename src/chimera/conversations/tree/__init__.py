"""Conversations as trees: asked again, continued, compared, forked, cut back, and the branch that is shown."""
