"""A description of a front end in one line, made from its settings; a list of names with these lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from ..chain.stages import ROWS, Bands
from .front_end import FrontEnd

__all__ = ["FrontEndList", "title"]

#: Scales and banks by the words for their bands.
_SCALES = {"hz": "linear", "htk": "mel", "slaney": "mel"}
_BANKS = {"mel": "mel", "gammatone": "gammatone", "bark": "Bark"}
_OTHER = {"total": "sum of all bins", "chroma": "pitch classes"}
_ORDERS = {1: "deltas", 2: "two deltas"}


def title(front_end: FrontEnd) -> str:
    """What a front end computes.

    Examples
    --------
    >>> import voicefeat as vf
    >>> title(vf.frontend("asvspoof2021-lfcc-la-df"))
    '19 coefficients of 70 linear bands to 4000 Hz, two deltas, 30 ms every 15 ms'
    >>> title(vf.frontend("kaldi-fbank-80")), title(vf.frontend("kaldi-fbank-80-unit"))
    ('80 log mel bands, 25 ms every 10 ms, samples x 32768', '80 log mel bands, 25 ms every 10 ms')
    >>> title(vf.frontend("asvspoof2019-cqcc")), title(vf.frontend("aasist-waveform"))
    ('cqcc(n_cqcc=30), two deltas', '64600 samples')
    """
    text = "".join([_statics(front_end), *_beside(front_end)])
    frames, rate = front_end.framing, front_end.signal.rate
    if frames is not None:
        unit, factor = ("samples", 1.0) if rate is None else ("ms", 1000 / rate)
        text += f", {frames.win_length * factor:.4g} {unit} every {frames.hop_length * factor:.4g} {unit}"
    scale = front_end.signal.scale
    return text if scale == 1.0 else f"{text}, samples x {scale:g}"


def _statics(fe: FrontEnd) -> str:
    if fe.method is not None:
        settings = ", ".join(f"{key}={value!r}" for key, value in fe.method.settings)
        return f"{fe.method.name}({settings})" if settings else fe.method.name
    if fe.framing is None:
        return f"{fe.signal.samples or 'all'} samples"
    log = "log " if fe.compression is not None else ""
    if fe.prediction is not None:
        return f"{fe.prediction.n} PLP coefficients of {_bands(fe.bands)}"
    if fe.cepstrum is not None:
        return f"{fe.cepstrum.n} coefficients of {_bands(fe.bands)}"
    if fe.bands is not None:
        return _bands(fe.bands, log.strip())
    power = 2.0 if fe.spectrum is None else fe.spectrum.power
    return f"{log}{'magnitude' if power == 1 else 'power'} spectrum"


def _bands(bands: Bands | None, log: str = "") -> str:
    """The bank of a front end in words."""
    if bands is None:
        return "bins"
    given = dict(bands.arguments)
    if bands.bank in _OTHER:
        return _OTHER[bands.bank]
    count = next((str(given[name]) for name in sorted(ROWS) if name in given), "")
    kind = _BANKS.get(bands.bank) or _SCALES.get(given.get("scale", "htk"), bands.bank)
    shape = [word for word, there in (
        ("inverted", given.get("inverted")), ("rectangular", given.get("shape") == "rectangle"),
    ) if there]  # fmt: skip
    words = " ".join(filter(None, [count, log, *shape, kind, "bands"]))
    top = given.get("fmax")
    if top is None or top == 0:
        return words
    return f"{words} to {top:g} Hz" if top > 0 else f"{words} to {-top:g} Hz below Nyquist"


def _beside(fe: FrontEnd) -> Iterable[str]:
    """What is added to the statics."""
    if fe.energy is not None:
        yield ", energy last" if fe.energy.place == "last" else ", energy first"
    if fe.dynamics is not None:
        orders = _ORDERS.get(fe.dynamics.orders, f"{fe.dynamics.orders} deltas")
        yield f", {orders} alone" if fe.dynamics.keep == "deltas" else f", {orders}"
    if fe.normalisation is not None:
        over = {"utterance": "the clip", "sliding": "a sliding window", "frame": "each frame"}
        yield f", normalised over {over.get(fe.normalisation.over, 'a corpus')}"


class FrontEndList(list[str]):
    """The names of front ends; it is displayed as a table with a description and the source of each."""

    def __init__(self, names: Iterable[str], describe: Callable[[str], tuple[str, str]]) -> None:
        super().__init__(names)
        self._describe: Callable[[str], tuple[str, str]] = describe

    def __reduce__(self) -> tuple[type, tuple[list[str]]]:
        return list, (list(self),)

    def _rows(self) -> list[tuple[str, str, str]]:
        return [(name, *self._describe(name)) for name in self]

    def __repr__(self) -> str:
        return "\n".join(columns(self._rows()))

    def _repr_html_(self) -> str:
        """A table, for notebooks."""
        cells = [[escape(cell) for cell in row] for row in self._rows()]
        body = "".join(f"<tr><td><code>{a}</code></td><td>{b}</td><td>{c}</td></tr>" for a, b, c in cells)
        head = "<tr><th>front end</th><th>what it is</th><th>source</th></tr>"
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Each row as a line; the cells of a column begin below each other."""
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, wide)).rstrip() for row in rows]
