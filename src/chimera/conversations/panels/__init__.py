"""Several models in one conversation: who speaks next and why, what each is shown, when it is over. Pure.

A panel's state is read out of what was said; nothing here asks a model, keeps anything, or knows the time.
"""
