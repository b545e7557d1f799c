"""Who else serves the embedded database: a lock that ends with its process, however that ends."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url


@contextmanager
def presence(database: str) -> Generator[bool]:
    """Be known to serve a SQLite database until the block is left; give whether nobody else did.

    Then whatever seems to run in it belongs to a server that died. With PostgreSQL the answer is always no: other
    replicas may be anywhere.
    """
    address = make_url(database)
    if address.get_backend_name() != "sqlite" or not address.database:
        yield False
        return
    with Path(f"{address.database}-servers").open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = True
        except OSError:
            alone = False
        # Whoever comes between the two calls is alone as well, and just as right: we have begun nothing yet.
        fcntl.flock(file, fcntl.LOCK_SH)
        yield alone
