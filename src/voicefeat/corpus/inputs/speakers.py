"""Speakers, from names of recordings like ``linus-to-musk.wav`` and ``musk-original.wav``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

__all__ = ["read_speakers"]

_CONVERTED = re.compile(r"(?P<source>.+?)[-_ ]to[-_ ](?P<target>.+)", re.IGNORECASE | re.DOTALL)
_GENUINE = re.compile(r"(?P<speaker>.+)[-_ ]original", re.IGNORECASE | re.DOTALL)
#: The ending of the names of DEEP-VOICE's demonstration files.
_SUFFIX = re.compile(r"[-_ ]demo$", re.IGNORECASE)


def read_speakers(ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Source and target speaker of each recording; ("", "") if the name does not contain them.

    ``A-to-B`` is A's speech with B's voice. For ``A-original``, and for ``A`` if another name has that
    speaker, source and target are A.

    Parameters
    ----------
    ids : iterable of str
        Paths of recordings with ``/`` between their parts.

    Returns
    -------
    dict of str to (str, str)
        The speakers by id.

    Examples
    --------
    >>> read_speakers(["FAKE/linus-to-musk.wav", "REAL/musk.wav", "REAL/obama-original.wav", "REAL/x.wav"])
    ... # doctest: +NORMALIZE_WHITESPACE
    {'FAKE/linus-to-musk.wav': ('linus', 'musk'), 'REAL/musk.wav': ('musk', 'musk'),
     'REAL/obama-original.wav': ('obama', 'obama'), 'REAL/x.wav': ('', '')}
    """
    stems = {path: _SUFFIX.sub("", os.path.splitext(path.rpartition("/")[2])[0]) for path in ids}
    found: dict[str, tuple[str, str]] = {}
    for path, stem in stems.items():
        if match := _CONVERTED.fullmatch(stem):
            found[path] = match["source"], match["target"]
        elif match := _GENUINE.fullmatch(stem):
            found[path] = match["speaker"], match["speaker"]
    known = {speaker for pair in found.values() for speaker in pair}
    return {
        path: found.get(path) or ((stem, stem) if stem in known else ("", "")) for path, stem in stems.items()
    }
