"""Notes, MIDI numbers and hertz.

Scalars give scalars, arrays give arrays of the same shape. A note is a letter, accidentals, octave and cents:
"A4", "c#5", "Eb-1", "B♭2+30".
"""

from __future__ import annotations

import re
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._typing import FloatArray, FloatOrArray, Values
from ..errors import check_bool, check_numeric, fail

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"#": 1, "♯": 1, "𝄪": 2, "b": -1, "!": -1, "♭": -1, "𝄫": -2, "♮": 0, "n": 0}
SIGNS = "".join(ACCIDENTALS)
_KEY = re.compile(
    rf"([A-Ga-g])([{SIGNS}]*):(?:(maj|min)(?:or)?|(ion|dor|phryg|lyd|mixolyd|aeol|locr)(?:ian)?|(phr|mix|aeo|loc))"
)
#: For each mode, by its first three letters: the number of fifths from the tonic's major key to the major key
#: with the same key signature.
_MODES = {"maj": 0, "min": -3, "ion": 0, "dor": -2, "phr": -4, "lyd": 1, "mix": -1, "aeo": -3, "loc": -5}
_FIFTHS = "FCGDAEB"
_ASCII = str.maketrans({"♯": "#", "𝄪": "##", "♭": "b", "𝄫": "bb"})


def spelling(key: Any, unicode: bool) -> list[str]:
    """The names of the twelve semitones from C upwards, as they are spelled in a key.

    On the line of fifths, ... B♭ F C G D A E B F♯ ..., a scale is seven neighbours, and the twelve names are
    twelve neighbours: F to A♯ for keys with sharps, G♭ to B for keys with flats. For each sharp or flat
    beyond five they move one place further. A tonic with several accidentals shifts the names of the key
    whose tonic has one.
    """
    match = _KEY.fullmatch(key) if isinstance(key, str) else None
    if not match:
        fail("key", key, "is not a key", 'give a tonic and a mode, such as "C:maj", "F#:min" or "D:dorian"')
    mode = next(name for name in match.groups()[2:] if name)[:3]
    signs = sum(ACCIDENTALS[sign] for sign in match[2])
    sharps = _FIFTHS.index(match[1].upper()) - 1 + 7 * signs + _MODES[mode]
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


__all__ = ["hz_to_midi", "hz_to_note", "midi_to_hz", "midi_to_note", "note_to_hz", "note_to_midi"]

_NOTE = re.compile(rf"([A-Ga-g])([{SIGNS}]*)([+-]?\d+)?([+-]\d+)?")


@overload
def note_to_midi(note: str, *, round_midi: bool = ...) -> float: ...


@overload
def note_to_midi(
    note: list[str] | tuple[str, ...] | NDArray[np.str_], *, round_midi: bool = ...
) -> NDArray[np.int64 | np.float64]: ...
def note_to_midi(
    note: str | list[str] | tuple[str, ...] | NDArray[np.str_], *, round_midi: bool = True
) -> float | NDArray[np.int64 | np.float64]:
    """Note names to MIDI numbers.

    Parameters
    ----------
    note : str or sequence of str
        Letter, accidentals (``#``, ``b`` or ``!``, ``n``, ♯, ♭, 𝄪, 𝄫, ♮), octave (0 unless given) and signed
        cents.
    round_midi : bool
        True to round to whole numbers, False to keep the cents.

    Returns
    -------
    int or float, or numpy.ndarray for a sequence
        MIDI numbers; A4 is 69.

    Raises
    ------
    ParameterError
        If a name is not a note.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.note_to_midi``, which does not accept ``n``, although librosa's notation
    has it.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.note_to_midi("Eb3+25", round_midi=False), vf.note_to_midi(["A4", "B#4"]).tolist()
    (51.25, [69, 72])
    """
    round_midi = check_bool("round_midi", round_midi)
    if not isinstance(note, str):
        try:
            names = list(note)
        except TypeError:
            names = []
        if not names or not all(isinstance(name, str) for name in names):
            fail("note", note, "must be a note or a sequence of them", 'give "A4" or ["A4", "C5"]')
        return np.array([note_to_midi(name, round_midi=round_midi) for name in names])
    match = _NOTE.fullmatch(note)
    if not match:
        fail("note", note, "is not a note", 'give a letter, accidentals and an octave, such as "A4" or "C#5"')
    letter, accidentals, octave, cents = match.groups()
    raised = sum(ACCIDENTALS[sign] for sign in accidentals)
    number = 12 * (int(octave or 0) + 1) + SEMITONES[letter.upper()] + raised + int(cents or 0) * 0.01
    return int(np.round(number)) if round_midi else number


@overload
def note_to_hz(note: str, *, round_midi: bool = ...) -> np.float64: ...


@overload
def note_to_hz(
    note: list[str] | tuple[str, ...] | NDArray[np.str_], *, round_midi: bool = ...
) -> FloatArray: ...
def note_to_hz(
    note: str | list[str] | tuple[str, ...] | NDArray[np.str_], *, round_midi: bool = True
) -> np.float64 | FloatArray:
    """Note names to hertz, in equal temperament with A4 at 440 Hz.

    Parameters
    ----------
    note, round_midi
        As in `note_to_midi`.

    Returns
    -------
    float, or numpy.ndarray for a sequence
        Frequencies in Hz.

    Raises
    ------
    ParameterError
        If a name is not a note.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.note_to_hz``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> float(vf.note_to_hz("A5")), vf.note_to_hz(["A4", "C1"]).round(2).tolist()
    (880.0, [440.0, 32.7])
    """
    return midi_to_hz(note_to_midi(note, round_midi=round_midi))


@overload
def midi_to_hz(notes: float) -> np.float64: ...


@overload
def midi_to_hz(notes: Values) -> FloatArray: ...


@overload
def midi_to_hz(notes: ArrayLike) -> FloatOrArray: ...
def midi_to_hz(notes: ArrayLike) -> FloatOrArray:
    """MIDI numbers to hertz.

    Parameters
    ----------
    notes : array_like, any shape
        MIDI numbers, whole or not.

    Returns
    -------
    numpy.ndarray, shape of `notes`, or a scalar for a scalar
        Frequencies in Hz.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.midi_to_hz``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.midi_to_hz([69, 81]).tolist()
    [440.0, 880.0]
    """
    with np.errstate(all="ignore"):
        return 440.0 * 2.0 ** ((check_numeric("notes", notes) - 69.0) / 12.0)


@overload
def hz_to_midi(frequencies: float) -> np.float64: ...


@overload
def hz_to_midi(frequencies: Values) -> FloatArray: ...


@overload
def hz_to_midi(frequencies: ArrayLike) -> FloatOrArray: ...
def hz_to_midi(frequencies: ArrayLike) -> FloatOrArray:
    """Hertz to MIDI numbers, the inverse of `midi_to_hz`.

    Parameters
    ----------
    frequencies : array_like, any shape
        Frequencies in Hz.

    Returns
    -------
    numpy.ndarray, shape of `frequencies`, or a scalar for a scalar
        MIDI numbers, not rounded.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.hz_to_midi``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.hz_to_midi([440.0, 880.0]).tolist()
    [69.0, 81.0]
    """
    with np.errstate(all="ignore"):
        return 12 * (np.log2(check_numeric("frequencies", frequencies)) - np.log2(440.0)) + 69


@overload
def midi_to_note(
    midi: float, *, octave: bool = ..., cents: bool = ..., key: str = ..., unicode: bool = ...
) -> str: ...


@overload
def midi_to_note(
    midi: Values, *, octave: bool = ..., cents: bool = ..., key: str = ..., unicode: bool = ...
) -> NDArray[np.str_]: ...


@overload
def midi_to_note(
    midi: ArrayLike, *, octave: bool = ..., cents: bool = ..., key: str = ..., unicode: bool = ...
) -> str | NDArray[np.str_]: ...
def midi_to_note(
    midi: ArrayLike, *, octave: bool = True, cents: bool = False, key: str = "C:maj", unicode: bool = True
) -> str | NDArray[np.str_]:
    """MIDI numbers to the names of the nearest notes.

    Parameters
    ----------
    midi : float or array_like of float
        MIDI numbers; NaN, which `pyin` gives for frames without pitch, has the empty name "".
    octave, cents : bool
        Whether to append the octave, and the deviation from the note in cents; cents need the octave.
    key : str
        The key that decides between sharps and flats, such as "Eb:maj", "F#:min" or "D:dorian".
    unicode : bool
        True for ♯, ♭, 𝄪 and 𝄫; False for #, b, ## and bb.

    Returns
    -------
    str, or numpy.ndarray of str for an array
        Names of notes.

    Raises
    ------
    ParameterError
        If `cents` is True without `octave`, `key` is not a key, or a number is infinite.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.midi_to_note``, which refuses NaN and names numbers below 0 an octave
    too high (-1 is B-2).

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.midi_to_note(61), vf.midi_to_note(61.1, key="Ab:maj", cents=True, unicode=False)
    ('C♯4', 'Db4+10')
    """
    numbers = check_numeric("midi", midi, remedy="give MIDI numbers; A4 is 69")
    if np.isinf(numbers).any():
        fail("midi", midi, "must hold numbers, none infinite", "give MIDI numbers; A4 is 69")
    return _names(numbers, octave, cents, key, unicode)


def _names(numbers: np.ndarray, octave: bool, cents: bool, key: str, unicode: bool) -> Any:
    """The names of checked MIDI numbers."""
    octave, cents, unicode = (
        check_bool("octave", octave),
        check_bool("cents", cents),
        check_bool("unicode", unicode),
    )
    if cents and not octave:
        fail("cents", cents, "needs the octave", "give octave=True")
    names = spelling(key, unicode)

    def name(number: float) -> str:
        if number != number:
            return ""
        nearest = int(np.round(number))
        text = names[nearest % 12]
        if octave:
            text += str(nearest // 12 - 1)
        return f"{text}{int(100 * np.around(number - nearest, 2)):+02d}" if cents else text

    if numbers.ndim == 0:
        return name(float(numbers))
    return np.array([name(number) for number in numbers.ravel()]).reshape(numbers.shape)


@overload
def hz_to_note(
    frequencies: float, *, octave: bool = ..., cents: bool = ..., key: str = ..., unicode: bool = ...
) -> str: ...


@overload
def hz_to_note(
    frequencies: Values, *, octave: bool = ..., cents: bool = ..., key: str = ..., unicode: bool = ...
) -> NDArray[np.str_]: ...


@overload
def hz_to_note(
    frequencies: ArrayLike, *, octave: bool = ..., cents: bool = ..., key: str = ..., unicode: bool = ...
) -> str | NDArray[np.str_]: ...
def hz_to_note(
    frequencies: ArrayLike,
    *,
    octave: bool = True,
    cents: bool = False,
    key: str = "C:maj",
    unicode: bool = True,
) -> str | NDArray[np.str_]:
    """Hertz to the names of the nearest notes.

    Parameters
    ----------
    frequencies : float or array_like of float
        Frequencies in Hz, above 0; NaN, which `pyin` gives for frames without pitch, has the empty name
        "".
    octave, cents, key, unicode
        As in `midi_to_note`.

    Returns
    -------
    str, or numpy.ndarray of str for an array
        Names of notes.

    Raises
    ------
    ParameterError
        If a frequency is infinite or not above 0, or as in `midi_to_note`.

    Notes
    -----
    Source: librosa 0.11.0, ``librosa.hz_to_note``.

    Examples
    --------
    >>> import voicefeat as vf
    >>> vf.hz_to_note(440.0), vf.hz_to_note([32.703, 450.0, float("nan")], cents=True).tolist()
    ('A4', ['C1+0', 'A4+39', ''])
    """
    hertz = check_numeric("frequencies", frequencies, remedy="give them in hertz")
    if (hertz <= 0).any() or np.isinf(hertz).any():
        fail("frequencies", frequencies, "must hold numbers above 0, none infinite", "give them in hertz")
    return _names(np.asarray(hz_to_midi(hertz)), octave, cents, key, unicode)
