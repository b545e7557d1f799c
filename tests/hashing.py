"""What a password costs: next to nothing here, where a run hashes thousands; what the product pays, for its tests."""

from chimera.tenancy.sessions.passwords import Passwords


class CostlyPasswords(Passwords):
    """As the product hashes them."""

    COST = Passwords.COST


def hash_cheaply() -> None:
    Passwords.COST = (2, 8)
