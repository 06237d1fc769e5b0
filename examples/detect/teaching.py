"""A small corpus that is generated to teach: leakage, shortcuts and unseen systems are built into it.

Speech-like sounds: pulses or noise through formants that move from vowel to vowel. What a detector may learn:

speakers    pitch, length of the vocal tract and a slope of the spectrum; each is in one split
sessions    two for each speaker, with a microphone and a room of their own: bona fide recordings are of one,
            forgeries of the other. Who knows the speaker tells the classes by the room: leakage
recordings  every one has the microphone in another place, by which its windows know each other: leakage
corpora     four, each with its own codec or band, its own vocoder, and in two of them the forgeries have the
            wider band: what is learnt of three corpora misleads in the fourth
vocoders    four in train and dev; eval has two others, which are the unseen systems
shortcut    forgeries of train and dev begin at once, bona fide clips after a silence; eval has no such cue
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import voicefeat as vf

from .corpus import Clip, Corpus
from .toy import put, temporary

RATE = 16000
NOTE = (
    "MADE-UP DATA: speech-like sounds, generated with a fixed seed. Leakage, shortcuts and unseen systems "
    "are built in, so that they can be seen; the figures say nothing about real forgeries."
)
#: Hertz below which the bona fide and the forged clips of each corpus are kept, and how these are forged.
CORPORA = {
    "studio": (7900.0, 7000.0, "V1"),
    "street": (7000.0, 7900.0, "V2"),
    "telephone": (3600.0, 3800.0, "V3"),
    "radio": (6000.0, 5200.0, "V4"),
}
#: Speakers of a corpus in each split, and the systems of eval, which nobody has heard before.
SPEAKERS = {"train": 4, "dev": 2, "eval": 2}
UNSEEN = ("V5", "V6")
#: Clips of either class by a speaker, and seconds of one.
TAKES, SECONDS = 3, 3.0
#: Formants of vowels in hertz, of a vocal tract of usual length.
VOWELS = np.array(
    [[730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240]], float
)
#: How far the microphones of two sessions differ, and its places in one session, in decibels.
SESSION, PLACE = 2.5, 1.5
#: The seed of the made-up call, its seconds, and where it is forged.
CALLER, MINUTE, FORGED = 20240302, 60.0, (20.0, 40.0)
N_FFT, HOP = 512, 128


@dataclass(frozen=True)
class Voice:
    """A made-up speaker."""

    name: str
    pitch: float
    #: By which formants are multiplied, and decibels an octave by which the spectrum falls.
    tract: float
    slope: float


@dataclass(frozen=True)
class Session:
    """A microphone, as decibels for each bin of a spectrum, a room, and the level of its noise."""

    microphone: np.ndarray
    room: np.ndarray
    noise: float


def teaching(folder: Path | None = None) -> Corpus:
    """192 clips of some 3 s by 32 made-up speakers; in a temporary folder unless one is named."""
    folder = folder or temporary("teaching")
    rng = np.random.default_rng(20240301)
    clips: list[Clip] = []
    rows: list[list[str]] = []
    for name in CORPORA:
        for split, count in SPEAKERS.items():
            for k in range(count):
                voice, sessions = _voice(rng, f"{name}_{split}{k}"), (_session(rng), _session(rng))
                for take in range(2 * TAKES):
                    system = "-" if take % 2 == 0 else UNSEEN[k] if split == "eval" else CORPORA[name][2]
                    y = _clip(rng, voice, sessions[take % 2], name, system, split != "eval")
                    path = folder / f"{voice.name}_{take}.wav"
                    put(path, y)
                    clips.append(Clip(path.stem, system == "-", path, voice.name, attack=system, split=split))
                    rows.append([path.name, clips[-1].key, voice.name, system, split, name])
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["path", "label", "speaker", "system", "split", "corpus"], *rows])
    return Corpus("teaching", folder, tuple(clips), (NOTE,))


def conversions(folder: Path, seconds: float) -> list[Path]:
    """Eight voices and the conversion of each to the seven others, 64 recordings in DEEP-VOICE's layout.

    A conversion has the words, the room and the microphone of its source, and the voice of another, by V2.
    """
    rng, made = np.random.default_rng(20240303), []
    voices = [_voice(rng, f"voice{k}") for k in range(8)]
    sessions = [_session(rng) for _ in voices]
    for name in ("REAL", "FAKE"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for i, source in enumerate(voices):
        for target in voices:
            own = target is source
            name = f"REAL/{source.name}-original" if own else f"FAKE/{source.name}-to-{target.name}"
            said = np.random.default_rng([20240303, i])  # the same words and the same noise each time
            voice = replace(target, pitch=source.pitch)
            parts = [
                _recorded(said, _speech(said, voice, length, "-" if own else "V2"), sessions[i], 7900.0)
                for length in _pieces(seconds)
            ]
            made.append(folder / f"{name}.wav")
            put(made[-1], np.concatenate(parts))
    return made


def _pieces(seconds: float) -> list[float]:
    """So many seconds in parts of at most ten, as long recordings are made piece by piece."""
    count = max(1, math.ceil(seconds / 10))
    return [seconds / count] * count


def call(path: Path | None = None) -> np.ndarray:
    """One minute by a speaker of no split, forged by a vocoder of train in its middle.

    It is written where a path is given.
    """
    rng = np.random.default_rng(CALLER)
    voice, session, parts = _voice(rng, "caller"), _session(rng), []
    for seconds, system in zip(np.diff([0.0, *FORGED, MINUTE]), ("-", "V1", "-"), strict=True):
        takes = [_clip(rng, voice, session, "studio", system, True) for _ in range(round(seconds / 2))]
        parts.append(np.concatenate(takes)[: round(seconds * RATE)])
    whole = np.concatenate(parts)
    if path is not None:
        put(path, whole)
    return whole.astype(np.float32)


def _voice(rng: np.random.Generator, name: str) -> Voice:
    return Voice(name, rng.uniform(85, 230), rng.uniform(0.85, 1.2), rng.uniform(-9, -5))


def _session(rng: np.random.Generator) -> Session:
    """A smooth random microphone, and a room whose echoes die away within 0.1 to 0.4 s."""
    microphone = _curve(rng, SESSION)
    room = vf.augment.room_response(RATE, t60=rng.uniform(0.1, 0.4), drr=rng.uniform(4, 10), rng=rng)
    return Session(microphone, np.asarray(room, float), 10 ** (rng.uniform(-62, -48) / 20))


def _curve(rng: np.random.Generator, decibels: float, knots: int = 9) -> np.ndarray:
    """A smooth random gain in decibels for each bin."""
    bins = N_FFT // 2 + 1
    return np.interp(np.arange(bins), np.linspace(0, bins - 1, knots), decibels * rng.standard_normal(knots))


def _clip(
    rng: np.random.Generator, voice: Voice, session: Session, corpus: str, system: str, cue: bool
) -> np.ndarray:
    """A recording: silence, speech and silence, in the session's room, through the corpus' band."""
    late = rng.uniform(0.15, 0.5) if system == "-" or not cue else rng.uniform(0.0, 0.08)
    seconds = SECONDS + rng.uniform(-0.4, 0.4) - late  # so that durations tell nothing
    y = np.concatenate([np.zeros(round(late * RATE)), _speech(rng, voice, seconds, system)])
    session = replace(session, microphone=session.microphone + _curve(rng, PLACE, 33))
    return _recorded(rng, y, session, CORPORA[corpus][0 if system == "-" else 1])


def _recorded(rng: np.random.Generator, y: np.ndarray, session: Session, edge: float) -> np.ndarray:
    """Speech in a room, with its noise, through a microphone and a band."""
    size = 1 << (len(y) + len(session.room)).bit_length()  # powers of two are quick
    spectrum = np.fft.rfft(y, size) * np.fft.rfft(session.room, size)
    hertz = np.linspace(0, RATE / 2, len(spectrum))
    decibels = np.interp(hertz, np.linspace(0, RATE / 2, len(session.microphone)), session.microphone)
    decibels -= np.clip((hertz - edge) / 300, 0, 1) * 40
    y = np.fft.irfft(spectrum * 10 ** (decibels / 20))[: len(y)]
    y = y / np.abs(y).max() + session.noise * rng.standard_normal(len(y))
    return rng.uniform(0.2, 0.8) * y / np.abs(y).max()


def _speech(rng: np.random.Generator, voice: Voice, seconds: float, system: str) -> np.ndarray:
    """Vowels with pauses between some of them, as a voice or as a vocoder makes them."""
    n = round(seconds * RATE)
    count = n // HOP + 1
    at = np.arange(count) * HOP / RATE
    turns = np.arange(0, seconds + 0.4, 0.16) + rng.uniform(0, 0.04)
    vowels = VOWELS[rng.integers(0, len(VOWELS), len(turns))] * voice.tract
    formants = np.stack([np.interp(at, turns, vowels[:, k]) for k in range(3)], axis=1)
    loud = np.interp(
        at, turns, np.where(rng.random(len(turns)) < 0.15, 0.003, rng.uniform(0.5, 1, len(turns)))
    )
    sway = 0.0 if system == "V1" else 0.12  # V1 speaks on one note
    bends = 1 + sway * np.interp(np.arange(n) / RATE, turns, rng.standard_normal(len(turns)))
    source = _source(rng, voice.pitch * bends, system)
    gains = 10 ** (_envelope(formants, voice, system) / 20) * loud[:, None]
    return _filtered(source, gains)


def _source(rng: np.random.Generator, pitch: np.ndarray, system: str) -> np.ndarray:
    """Pulses at the pitch, and breath, which a vocoder has too little or too much of."""
    phase = np.cumsum(pitch) / RATE
    pulses = np.diff(np.floor(phase), prepend=0) * np.sqrt(RATE / pitch)
    breath = {"V1": 0.06, "V4": 0.35, "V5": 0.35, "V6": 0.06}.get(system, 0.15)
    return pulses + breath * rng.standard_normal(len(pitch))


def _envelope(formants: np.ndarray, voice: Voice, system: str) -> np.ndarray:
    """Decibels of every frame and bin: formants over a slope, and what a vocoder does to them."""
    hertz = np.linspace(0, RATE / 2, N_FFT // 2 + 1)
    wide = {"V2": 1.6, "V6": 1.6}.get(system, 1.0) * np.array([90.0, 120.0, 170.0])  # V2, V6: too smooth
    peaks = 1 / (1 + ((hertz - formants[:, :, None]) / wide[:, None]) ** 2)
    decibels = 10 * np.log10(peaks.sum(1) + 0.003) + voice.slope * np.log2(1 + hertz / 500)
    if system == "V3":  # ripples of a filter bank
        decibels += 2.5 * np.cos(2 * np.pi * hertz / 800)
    if system == "V5":
        decibels += 2.5 * np.cos(2 * np.pi * hertz / 900)
    return np.asarray(decibels)


def _filtered(source: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Overlapping frames of the source, each with the gains of its time, added up."""
    window, padded = np.hanning(N_FFT + 1)[:-1], np.pad(source, N_FFT)
    starts = np.arange(len(gains)) * HOP + N_FFT // 2
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[starts] * window
    out = np.zeros_like(padded)
    for start, frame in zip(starts, np.fft.irfft(np.fft.rfft(frames) * gains), strict=True):
        out[start : start + N_FFT] += frame
    return out[N_FFT : N_FFT + len(source)]
