"""What the numbered scripts share: their command line, one quick detector, tables and pictures."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf

from .corpus import SPLITS, Clip, Corpus, check_splits, labels
from .features import samples
from .intervals import of_scores
from .judging import records
from .layouts import read_corpus
from .logbook import say
from .needs import need
from .splits import by_speaker, limited

RATE = 16000
#: The quick detector's features, of which it is given mean and deviation over a clip.
FRONT_END = "asvspoof2019-lfcc"
#: What is listened to where nothing is named.
CLIP = Path(__file__).resolve().parents[1] / "audio" / "en_gb_kettle.flac"
#: Draws of the bootstrap by speaker.
DRAWS = 200


def run(main: Callable[[Any], None], about: str, source: str = "", **options: Any) -> None:
    """End the program after `main` with the words of the command line; with 2 after a sentence on bad input.

    source   what a word that is no option is called, where a script takes one
    options  further options and what they are where none is given: window=1.0 is --window
    """
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    if source:
        parser.add_argument("source", metavar=source, nargs="?", default="")
    texts = {
        "run": ("RUN", "a run's folder, whose detector is used"),
        "plot": ("OUT.png", "draw a picture"),
        "data": ("DIR", "a corpus: its folder, toy or teaching"),
    }
    for name, usual in {"plot": "", **options}.items():
        metavar, text = texts.get(name, (name.upper(), ""))
        shown = f"{text} (default: {usual})" if usual != "" else text
        parser.add_argument(f"--{name}", type=type(usual), default=usual, metavar=metavar, help=shown)
    given = parser.parse_args()
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: say(f"remark: {message}")
            _check(given)
            main(given)
    except (vf.ParameterError, vf.AudioError) as error:
        say(f"{parser.prog}: error: {error}")
        sys.exit(2)
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        sys.exit(130)


def _check(given: argparse.Namespace) -> None:
    """Refuse options that cannot be used, before any work is done."""
    if given.plot:
        path = Path(given.plot)
        if path.suffix not in (".png", ".svg", ".pdf") or not path.absolute().parent.is_dir():
            raise vf.ParameterError(
                f"--plot={given.plot!r}: must be a .png, .svg or .pdf in a folder that is there; give another"
            )
        need("matplotlib")
    if hasattr(given, "data"):  # detectors are taught
        need("sklearn")
    for name, value in vars(given).items():
        if isinstance(value, int | float) and name != "threshold" and not value > 0:
            raise vf.ParameterError(f"--{name}={value}: must be above 0; give more")


def clip(path: str, rate: int = RATE) -> np.ndarray:
    """The samples of one recording, the repository's own where none is named; silence is refused."""
    y, _ = vf.load(path or CLIP, sr=rate)
    if not y.any():
        raise vf.AudioError(f"{path}: holds nothing but silence; give a recording of speech")
    return y


def corpus(given: Any) -> dict[str, list[Clip]]:
    """Clips for train, dev and eval that share no speaker: what --data names, at most --most of each."""
    found = heard(given.data)
    splits = {s: [c for c in by_speaker(found).clips if c.split == s] for s in SPLITS}
    splits = {s: limited(rows, "", int(given.most)) for s, rows in splits.items()}
    check_splits(splits, allow_overlap=False)
    rows = [[s, *_counts(clips)] for s, clips in splits.items()]
    table(["split", "bona fide", "spoof", "speakers", "attacks"], rows)
    return splits


def heard(name: str) -> Corpus:
    """The corpus of that name, whose clips are recordings; what has to be said about it is printed."""
    found = read_corpus(name)
    if found.table is not None:
        raise vf.ParameterError(
            f"--data={name!r}: is a table without recordings; name a folder of recordings"
        )
    print(f"{found.name}: {len(found.clips)} clips", *found.notes, sep="\n")
    return found


def _counts(clips: Sequence[Clip]) -> list[str]:
    real = sum(c.bonafide for c in clips)
    kinds = {c.attack for c in clips} - {"-"}, {c.speaker for c in clips}
    return [str(n) for n in (real, len(clips) - real, len(kinds[1]), len(kinds[0]))]


def vector(y: np.ndarray) -> np.ndarray:
    """Mean and deviation of every row of the front end: what the quick detector is given."""
    features = vf.frontend(FRONT_END)(y, RATE)
    return np.array(list(vf.summarize(features, ("mean", "std")).values()))


def vectors(
    rows: Sequence[Clip], change: Callable[[np.ndarray, Clip], np.ndarray] | None = None
) -> np.ndarray:
    """The vectors of clips, of which `change` makes something else first where it is given."""

    def one(row: Clip) -> np.ndarray:
        y = samples(row, RATE, "")
        return vector(y if change is None else change(y, row))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.array(list(pool.map(one, rows)))


def all_vectors(splits: dict[str, list[Clip]], change: Any = None) -> dict[str, np.ndarray]:
    """Those of every split."""
    return {s: vectors(rows, change) for s, rows in splits.items()}


def svm() -> Any:
    """The quick detector: a support vector machine on standardised columns."""
    from sklearn.svm import SVC

    return _standardised(SVC(C=3.0, class_weight="balanced"))


def logistic() -> Any:
    """A logistic regression on standardised columns."""
    from sklearn.linear_model import LogisticRegression

    return _standardised(LogisticRegression(class_weight="balanced", max_iter=1000))


def _standardised(model: Any) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), model)


def detector(
    train: Sequence[Clip], dev: Sequence[Clip], x: np.ndarray, dev_x: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """The quick detector, taught by vectors: a function of vectors to scores.

    They are log-likelihood ratios in nats on material like dev.
    """
    model = svm().fit(x, labels(train))
    raw = scores(dev, model.decision_function(dev_x))
    line = vf.metrics.fit_calibration(raw.bonafide, raw.spoof, smooth=True)
    return lambda vectors: line.apply(model.decision_function(vectors))


def judged(
    splits: dict[str, list[Clip]], taught: dict[str, np.ndarray], scored: dict[str, np.ndarray] | None = None
) -> dict[str, vf.metrics.Scores]:
    """The quick detector's scores of dev and eval; given `scored`, of these vectors."""
    score = detector(splits["train"], splits["dev"], taught["train"], taught["dev"])
    x = taught if scored is None else scored
    return {s: scores(splits[s], score(x[s])) for s in ("dev", "eval")}


def scores(rows: Sequence[Clip], values: np.ndarray) -> vf.metrics.Scores:
    """Scores with what is known of every clip."""
    return records(rows, values)


def eer(found: vf.metrics.Scores, digits: int = 1) -> list[str]:
    """The equal error rate and its interval, over speakers and systems where known, as two cells."""
    ours = of_scores([found], DRAWS, 0)
    return [percent(ours["value"], digits), f"{100 * ours['low']:.1f} to {100 * ours['high']:.1f}"]


def rate(found: vf.metrics.Scores) -> float:
    """The equal error rate alone."""
    return vf.metrics.eer(found.bonafide, found.spoof).rate


def percent(rate: float, digits: int = 1) -> str:
    """A rate as text."""
    return f"{100 * rate:.{digits}f} %"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows of text below their heads: the first column to the left, numbers to the right."""
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
    print()
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        print("  ".join(cells).rstrip())
    print()


def axes(rows: int, columns: int, width: float, height: float) -> np.ndarray:
    """Axes of a new figure, (rows, columns)."""
    from matplotlib.figure import Figure

    return Figure((width, height), layout="constrained").subplots(rows, columns, squeeze=False)


def save(grid: np.ndarray, path: str) -> None:
    """Write the figure of these axes."""
    grid[0, 0].figure.savefig(path, dpi=130)
    print(f"picture: {path}")
