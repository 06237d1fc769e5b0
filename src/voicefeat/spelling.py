"""How notes are written: letters, accidentals, and which of its names a key gives to a pitch class."""

from __future__ import annotations

import re
from typing import Any

from .errors import reject

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"#": 1, "♯": 1, "𝄪": 2, "b": -1, "!": -1, "♭": -1, "𝄫": -2, "♮": 0, "n": 0}
SIGNS = "".join(ACCIDENTALS)
_KEY = re.compile(
    rf"([A-Ga-g])([{SIGNS}]*):(?:(maj|min)(?:or)?|(ion|dor|phryg|lyd|mixolyd|aeol|locr)(?:ian)?|(phr|mix|aeo|loc))"
)
#: Fifths from a tonic's major key to the key whose signature it has, by the first three letters of the mode.
_MODES = {"maj": 0, "min": -3, "ion": 0, "dor": -2, "phr": -4, "lyd": 1, "mix": -1, "aeo": -3, "loc": -5}
_FIFTHS = "FCGDAEB"
_ASCII = str.maketrans({"♯": "#", "𝄪": "##", "♭": "b", "𝄫": "bb"})


def spelling(key: Any, unicode: bool) -> list[str]:
    """The names of the twelve semitones from C on, as a key spells them.

    On the line of fifths, ... B♭ F C G D A E B F♯ ..., a scale is seven neighbours, and the twelve names are
    twelve neighbours: F to A♯ for keys with sharps, G♭ to B for keys with flats, as many places on as a key
    has sharps or flats above five. A tonic with several accidentals moves the names of its key with one.
    """
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    if not found:
        reject("key", key, "is no key", 'give a tonic and a mode, such as "C:maj", "F#:min" or "D:dorian"')
    mode = next(name for name in found.groups()[2:] if name)[:3]
    signs = sum(ACCIDENTALS[sign] for sign in found[2])
    sharps = _FIFTHS.index(found[1].upper()) - 1 + 7 * signs + _MODES[mode]
    if mode != "min":
        signs = (sharps + 1) // 7  # of the major key that has these sharps
    moved = 7 * (abs(signs) - 1) * (1 if signs > 0 else -1) if abs(signs) > 1 else 0
    sharps -= moved
    first = moved + (max(-1, sharps - 6) if sharps >= 0 else min(-6, sharps - 1))
    names = [""] * 12
    for place in range(first, first + 12):
        raised, letter = divmod(place + 1, 7)
        doubles, single = divmod(abs(raised), 2)
        text = ("♯" if raised > 0 else "♭") * single + ("𝄪" if raised > 0 else "𝄫") * doubles
        names[place * 7 % 12] = _FIFTHS[letter] + (text if unicode else text.translate(_ASCII))
    return names
