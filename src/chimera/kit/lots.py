"""Who is among a share: computed, not kept, and so the same on every replica and after every start."""

from hashlib import blake2b


def is_drawn(who: str, share: float) -> bool:
    """Whether it is among that share (0 to 1) of all; whoever is stays so when the share grows."""
    digest = blake2b(who.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest) < share * 2.0**64
