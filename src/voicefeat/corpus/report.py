"""What a verification found, in a few lines."""

from __future__ import annotations

from ..errors import escaped
from .summary import counted
from .verifying import Unequal, Verified

__all__ = ["verified"]

#: Rows that are named.
NAMED = 10


def verified(found: Verified) -> str:
    """A verification in words.

    Examples
    --------
    >>> print(verified(Verified(1e-5, ["numpy 2.0 there, 2.1 here"], ["b.wav"], 2, 1, 1, 3e-7)))
    2 rows of 2 recordings computed again: 1 equal bit for bit, 1 within 3e-07 of its largest magnitude
    versions differ: numpy 2.0 there, 2.1 here; differences up to 1e-05 are rounding
    1 recording of the dataset is not among those given, the first 'b.wav'
    """
    told = [f"{found.equal:,} equal bit for bit"]
    if found.near:
        whose = "its" if found.near == 1 else "their"
        told.append(f"{found.near:,} within {found.largest:.0e} of {whose} largest magnitude")
    if found.unequal:
        told.append(f"{len(found.unequal):,} not equal")
    what = f"{counted(found.rows, 'row')} of {counted(found.recordings, 'recording')}"
    lines = [f"{what} computed again: {', '.join(told)}"]
    if found.versions:
        lines.append(f"versions differ: {'; '.join(found.versions)}")
    elif found.near:
        lines.append("versions are the same: this is another processor or another build")
    if found.near and found.bound:
        lines[-1] += f"; differences up to {found.bound:.0e} are rounding"
    if found.absent:
        be = "is" if len(found.absent) == 1 else "are"
        lines.append(
            f"{counted(len(found.absent), 'recording')} of the dataset {be} not among those given, the first "
            f"{found.absent[0]!r}"
        )
    lines += [f"damaged: {each}" for each in found.damaged[:NAMED]]
    if len(found.damaged) > NAMED:
        lines.append(f"... and {len(found.damaged) - NAMED:,} more shards")
    lines += [_named(each) for each in found.unequal[:NAMED]]
    if len(found.unequal) > NAMED:
        lines.append(f"... and {len(found.unequal) - NAMED:,} more")
    return "\n".join(lines)


def _named(each: Unequal) -> str:
    part = f", part {each.part}" if each.part else ""
    channel = f", channel {each.channel}" if each.channel is not None else ""
    return escaped(f"{each.id}{part}{channel}: {each.why}")
