"""`chimera encryption`: the root key, rotated."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chimera.audit.checkpoints import Notary
from chimera.audit.succession import vouch
from chimera.bootstrap.access.encryption import roots_of
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import counted, on_output, print_json

# All that seals something is known once these are.
from chimera.bootstrap.parts import people as _people  # noqa: F401
from chimera.bootstrap.places import forget_former_root_keys, renew_root_key
from chimera.bootstrap.settings import Settings, load
from chimera.crypto.root import Roots
from chimera.encryption.keyring import Keyring
from chimera.encryption.resealing import Resealed, Resealing
from chimera.encryption.root_keys import admit, retire_former
from chimera.kit.clock import utc_now
from chimera.store import connect
from chimera.store.schema import check_schema


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    roots: Roots
    resealed: Resealed


def run_rotate_root(flags: Mapping[str, object], *, new: bool, as_json: bool) -> int:
    """Exit code 0: nothing is sealed with a former root key any more, and it may be thrown away."""
    with or_say_why():
        done = asyncio.run(_rotate(load(flags=flags), new=new))
        if as_json:
            print_json(
                {
                    "root_key": done.roots.current.name,
                    "keys": done.resealed.keys,
                    "values": done.resealed.values,
                    "unopened": done.resealed.unopened,
                }
            )
        else:
            _tell(done)
    return 0


async def _rotate(settings: Settings, *, new: bool) -> _Done:
    async with connect(settings.database) as database:
        await check_schema(database)
        if new:
            await admit(database, await roots_of(settings, database))
            renew_root_key(settings)
        roots = await roots_of(settings, database)
        await admit(database, roots)
        resealing = Resealing(database=database, keyring=Keyring(database=database, roots=roots))
        done = found = await resealing.run()
        while found.keys or found.values:  # until nobody changed anything meanwhile
            found = await resealing.run()
            done = replace(done, keys=done.keys + found.keys, values=done.values + found.values)
        # The trail's keys follow from the root's: what the former ones signed must hold when they are thrown away.
        former = [Notary(root=root.root) for root in roots.former]
        await vouch(database, Notary(root=roots.current.root), former, utc_now())
        await retire_former(database, roots)
        forget_former_root_keys(settings)
        return _Done(roots=roots, resealed=done)


def _tell(done: _Done) -> None:
    out = on_output()
    out.print(
        f"Wrapped {counted(done.resealed.keys, 'key')} of organisations and {counted(done.resealed.values, 'secret')} "
        f"anew, under the root key {done.roots.current.name[:8]}…."
    )
    if done.resealed.unopened:
        out.print(f"{counted(done.resealed.unopened, 'secret')} cannot be opened: their keys were destroyed.")
    out.print("Nothing is sealed with a former root key any more. Start the servers again with this one alone.")
