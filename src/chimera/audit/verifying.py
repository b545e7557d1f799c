"""Whether a chain is as it was written; if not, which entry is the first that is not, and what became of it. Pure."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from uuid import UUID

from msgspec.structs import replace

from chimera.audit.chain import End, Entry, hash_of
from chimera.audit.checkpoints import Checkpoint

# Of entries after a break that are looked at to say what happened.
_WINDOW: Final = 5_000

What: TypeAlias = Literal[
    "changed",
    "removed",
    "inserted",
    "reordered",
    "cut_off",
    "rewritten",
    "head_rewritten",
    "checkpoint_forged",
    "checkpoint_removed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The first entry that is not as it was written.

    Attributes:
        number: Of the entry.
        says: What is known of it, in a sentence.
    """

    what: What
    number: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a chain is held against.

    Attributes:
        head: What the database says is its end; `None` where it was not asked.
        checkpoints: Those that lie beside the chain, statements of what was removed among them.
        outside: Those that were kept elsewhere: only they prove that the end was not cut off.
        keys: Public keys that are the house's, in hexadecimal; with none, those of the checkpoints are believed.
    """

    head: End | None = None
    checkpoints: Sequence[Checkpoint] = ()
    outside: Sequence[Checkpoint] = ()
    keys: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of it.

    Attributes:
        end: The last entry that is as it was written.
        proven: The number up to which a checkpoint from outside proves it; 0: none does.
        finding: `None`: all of it is.
    """

    tenant_id: UUID
    end: End
    proven: int
    finding: Finding | None


@dataclass(slots=True)
class _Walk:
    """A chain, entry after entry, until the first break."""

    entries: AsyncIterator[Entry]
    stated: dict[int, str]
    cuts: dict[int, str]
    end: End = field(default_factory=End)
    unlike: int | None = None
    is_first: bool = True

    async def to_the_break(self) -> Finding | None:
        self.end = self._begun_after(max(self.cuts, default=0))
        async for entry in self.entries:
            if self.is_first:
                self.end = self._begun_after(entry.number - 1)
                self.is_first = False
            if entry.number != self.end.number + 1 or entry.previous_hash != self.end.hash or not _is_whole(entry):
                rest = [entry]
                async for later in self.entries:
                    rest.append(later)
                    if len(rest) >= _WINDOW:
                        break
                return _diagnosed(self.end, rest)
            self.end = End(entry.number, entry.hash)
            if self.stated.get(entry.number, entry.hash) != entry.hash:
                self.unlike = entry.number
                return None
        return None

    def _begun_after(self, number: int) -> End:
        """What was removed by the house, as far as it comes before an entry."""
        last = max((cut for cut in self.cuts if cut <= number), default=0)
        return End(last, self.cuts[last]) if last else End()


async def verify(tenant_id: UUID, entries: AsyncIterator[Entry], evidence: Evidence) -> Verdict:
    """Walk over a chain from its beginning, and stop where it breaks.

    Args:
        tenant_id: Whose chain it is.
        entries: In the order of their numbers.
        evidence: What they are held against.
    """
    given = (*evidence.checkpoints, *evidence.outside)
    mine = [one for one in given if one.tenant_id == tenant_id]
    forged = next((one for one in mine if not _is_of_the_house(one, evidence.keys)), None)
    good = {one.number: one.hash for one in mine if _is_of_the_house(one, evidence.keys)}
    removed = {one.number: one.hash for one in mine if one.removed and _is_of_the_house(one, evidence.keys)}
    walk = _Walk(entries, good, removed)
    finding = await walk.to_the_break()
    if finding is None and walk.unlike is not None:
        finding = _rewritten(walk.unlike, good)
    if finding is None:
        finding = _at_the_end(walk.end, good, evidence.head)
    if finding is None and forged is not None:
        says = "A checkpoint of this number was not signed with a key of the house."
        finding = Finding(what="checkpoint_forged", number=forged.number, says=says)
    if finding is None:
        finding = _checkpoint_missing(tenant_id, evidence)
    outside = [one.number for one in evidence.outside if one.tenant_id == tenant_id and one.number in good]
    proven = max((number for number in outside if number <= walk.end.number), default=0)
    return Verdict(tenant_id=tenant_id, end=walk.end, proven=0 if finding else proven, finding=finding)


def _is_of_the_house(one: Checkpoint, keys: Collection[str]) -> bool:
    return one.is_genuine and (not keys or one.public_key in keys)


def _is_whole(entry: Entry) -> bool:
    return hash_of(entry) == entry.hash


def _diagnosed(end: End, rest: Sequence[Entry]) -> Finding:
    """What happened after the last good entry. The first of the rest is not what should follow it."""
    entry, expected = rest[0], end.number + 1
    moved = next((one for one in rest if one.number != expected and _stood_at(one, expected, end.hash)), None)
    if moved is not None:
        says = f"Entry {expected} now stands as {moved.number}."
        return Finding(what="reordered", number=expected, says=says)
    if entry.number > expected:
        last = entry.number - 1
        which = f"Entry {expected} is" if last == expected else f"Entries {expected} to {last} are"
        return Finding(what="removed", number=expected, says=f"{which} not there any more.")
    if end.number and hash_of(replace(entry, number=end.number)) == entry.hash:
        says = f"It was put in between: what now is entry {expected} was written as {end.number}."
        return Finding(what="inserted", number=end.number, says=says)
    if not _is_whole(entry):
        return Finding(what="changed", number=entry.number, says="It is not what its hash was made of.")
    return _not_following(end, rest)


def _not_following(end: End, rest: Sequence[Entry]) -> Finding:
    """What happened if the next entry is whole, and of the right number, but names another predecessor."""
    entry = rest[0]
    if any(later.previous_hash == end.hash for later in rest[1:]):
        says = "It was put in between: what came after its predecessor follows later."
        return Finding(what="inserted", number=entry.number, says=says)
    if end.number and len(rest) == 1:
        says = f"It does not follow entry {end.number}: it was added by hand, or entry {end.number} was rewritten."
        return Finding(what="inserted", number=entry.number, says=says)
    if end.number == 0:
        return Finding(
            what="removed", number=1, says="The chain does not begin with this entry: what was before is gone."
        )
    says = "It was rewritten together with its hash: the entry after it still names the old one."
    return Finding(what="changed", number=end.number, says=says)


def _stood_at(entry: Entry, number: int, previous_hash: str) -> bool:
    """Whether it is whole once it stands at that number again."""
    return entry.previous_hash == previous_hash and hash_of(replace(entry, number=number)) == entry.hash


def _rewritten(number: int, stated: dict[int, str]) -> Finding:
    before = max((one for one in stated if one < number), default=0)
    says = (
        f"The chain is whole, but not the one that was signed: a checkpoint states another hash for entry {number}. "
        f"Something from entry {before + 1} to {number} was rewritten, and all hashes since made anew."
    )
    return Finding(what="rewritten", number=before + 1, says=says)


def _at_the_end(end: End, stated: dict[int, str], head: End | None) -> Finding | None:
    longest = max(stated, default=0)
    if longest > end.number:
        says = f"A checkpoint was signed when there were {longest} entries; there are {end.number}."
        return Finding(what="cut_off", number=end.number + 1, says=says)
    if head is None or head == end:
        return None
    if head.number > end.number:
        says = f"The database says that the last entry is {head.number}; there are {end.number}."
        return Finding(what="cut_off", number=end.number + 1, says=says)
    if head.number < end.number:
        says = f"The database says that the last entry is {head.number}; this one was added by hand."
        return Finding(what="inserted", number=head.number + 1, says=says)
    says = "What the database says of the end is not the hash of the last entry."
    return Finding(what="head_rewritten", number=end.number, says=says)


def _checkpoint_missing(tenant_id: UUID, evidence: Evidence) -> Finding | None:
    """One that was kept outside and is not in the database any more, where there are any inside to compare."""
    inside = {(one.number, one.removed) for one in evidence.checkpoints if one.tenant_id == tenant_id}
    theirs = [one for one in evidence.outside if one.tenant_id == tenant_id]
    lost = sorted(one.number for one in theirs if inside and (one.number, one.removed) not in inside)
    if not lost:
        return None
    says = "A checkpoint of this number was kept elsewhere, and is no longer in the database."
    return Finding(what="checkpoint_removed", number=lost[0], says=says)
