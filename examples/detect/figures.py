"""The pictures of a report, as SVG that stands in the page itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import voicefeat as vf

BONA, SPOOF, LINE, FAINT = "#1b6ca8", "#c8553d", "#333333", "#b8c4cf"
#: Points of a curve that are drawn at most.
POINTS = 600
#: Markers at the edge of the axes are drawn whole.
WHOLE = {"clip_on": False, "zorder": 3}
#: Rates that the axes of a DET show.
TICKS = [0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8]


def picture(draw: Callable[[Any], None], width: float = 4.4, height: float = 3.5) -> str:
    """What `draw` puts on axes, as an <svg> element."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    settings = {
        "svg.hashsalt": "voicefeat",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with matplotlib.rc_context(settings):
        figure = Figure((width, height), layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot())
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    text = file.getvalue()
    return text[text.index("<svg") :]


def _thin(*lines: np.ndarray) -> list[np.ndarray]:
    """As many points as can be seen, the first and the last among them."""
    n = len(lines[0])
    kept = np.unique(np.linspace(0, n - 1, min(n, POINTS)).round().astype(int))
    return [line[kept] for line in lines]


def roc(runs: Sequence[Any], blind: Any) -> Callable[[Any], None]:
    """Accepted bona fide against accepted spoofs: every seed, the first one bold, and equal errors."""

    def draw(ax: Any) -> None:
        ax.plot([0, 100], [0, 100], ":", color=FAINT, lw=1)
        for k, scores in reversed(list(enumerate(runs))):
            curve = vf.metrics.roc(scores.bonafide, scores.spoof)
            style = {"color": BONA, "lw": 2} if k == 0 else {"color": FAINT, "lw": 1}
            ax.plot(*_thin(100 * curve.false_alarm, 100 * curve.accepted), **style)
        equal = vf.metrics.eer(runs[0].bonafide, runs[0].spoof)
        at = 100 * equal.false_alarm, 100 - 100 * equal.miss
        ax.plot(*at, "o", color=SPOOF, label=f"EER {100 * equal.rate:.1f} %", **WHOLE)
        if blind is not None:
            rate = 100 * blind["eer"]
            ax.plot(rate, 100 - rate, "s", color=LINE, ms=5, label=f"probe {rate:.1f} %", **WHOLE)
        ax.set(xlabel="accepted spoofs, %", ylabel="accepted bona fide, %", xlim=(0, 100), ylim=(0, 101))
        ax.legend(loc="lower right", frameon=False)

    return draw


def thresholds(scores: Any, every: int = 5, most: int = 40) -> list[list[str]]:
    """Threshold, TPR and FPR as text at every so many corners of the ROC, and at the last.

    Corners are the points that scikit-learn's `roc_curve` has, which leaves out those on straight lines.
    Of a curve that would have more than `most` rows fewer are told, at a multiple of `every`.
    """
    curve = vf.metrics.roc(scores.bonafide, scores.spoof)
    counts = np.rint([curve.false_alarm * len(scores.spoof), curve.accepted * len(scores.bonafide)])[:, 1:]
    bent = np.diff(counts, 2).any(0)
    if counts.shape[1] > 2:
        corners = 1 + np.nonzero(np.concatenate([[True], bent, [True]]))[0]
    else:  # one value, or two
        corners = 1 + np.arange(counts.shape[1])
    kept = np.concatenate([[0], corners])  # the first is above all scores
    step = every * -(-len(kept) // (every * most))
    chosen = np.unique(np.concatenate([kept[::step], kept[-1:]]))
    points = zip(curve.thresholds[chosen], curve.accepted[chosen], curve.false_alarm[chosen], strict=True)
    return [[f"{at:.3f}", f"{100 * tpr:.1f} %", f"{100 * fpr:.1f} %"] for at, tpr, fpr in points]


def det(runs: Sequence[Any], threshold: float) -> Callable[[Any], None]:
    """Both errors on axes of normal deviates, with the points of EER, minDCF and the threshold of dev."""

    def draw(ax: Any) -> None:
        for k, scores in reversed(list(enumerate(runs))):
            curve = vf.metrics.det(scores.bonafide, scores.spoof)
            style = {"color": BONA, "lw": 2} if k == 0 else {"color": FAINT, "lw": 1}
            ax.plot(*_thin(curve.false_alarm_deviate, curve.miss_deviate), **style)
        pair = runs[0].bonafide, runs[0].spoof
        equal, cost = vf.metrics.eer(*pair), vf.metrics.min_dcf(*pair)
        at = vf.metrics.confusion(*pair, threshold)
        sizes = len(pair[1]), len(pair[0])
        places = [_deviate(t, 10**6) for t in TICKS]
        for name, false_alarm, miss, mark in (
            ("EER", equal.false_alarm, equal.miss, "o"),
            ("minDCF", cost.false_alarm, cost.miss, "D"),
            ("threshold of dev", at.fpr, at.fnr, "X"),
        ):
            color = LINE if mark == "X" else SPOOF
            place = [_deviate(r, n) for r, n in zip((false_alarm, miss), sizes, strict=True)]
            ax.plot(*np.clip(place, places[0], places[-1]), mark, color=color, ms=7, label=name, **WHOLE)
        names = [f"{100 * t:g}" for t in TICKS]
        ax.set(xlabel="accepted spoofs, %", ylabel="rejected bona fide, %", xlim=(places[0], places[-1]),
               ylim=(places[0], places[-1]))  # fmt: skip
        ax.set_xticks(places, names)
        ax.set_yticks(places, names)
        ax.grid(color="#e6eaee", lw=0.6)
        ax.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1), frameon=False, ncols=3, handletextpad=0.2
        )  # above: curves of good and of bad detectors are in opposite corners

    return draw


def _deviate(rate: float, trials: int) -> float:
    """The normal quantile of a rate, which is kept half a trial away from 0 and 1."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(min(max(rate, 0.5 / trials), 1 - 0.5 / trials))


def histogram(scores: Any, threshold: float) -> Callable[[Any], None]:
    """How the scores of both classes lie, and where dev put the threshold."""

    def draw(ax: Any) -> None:
        every = np.concatenate([scores.bonafide, scores.spoof])
        low, high = np.quantile(every, [0.005, 0.995])
        edges = np.linspace(low, high + 1e-9, 41)
        for values, color, name in ((scores.spoof, SPOOF, "spoof"), (scores.bonafide, BONA, "bona fide")):
            ax.hist(np.clip(values, low, high), edges, density=True, color=color, alpha=0.55, label=name)
        ax.axvline(threshold, color=LINE, lw=1.2, ls="--", label="threshold of dev")
        ax.set(xlabel="score, nats (higher: bona fide)", ylabel="density")
        ax.set_yticks([])
        ax.set_ylim(0, 1.3 * ax.get_ylim()[1])  # room for the names
        ax.legend(frameon=False, ncols=3, loc="upper center", handlelength=1.2, columnspacing=1.0)

    return draw


def confusion(counts: Sequence[int]) -> Callable[[Any], None]:
    """Four counts, shaded by their share of their class."""
    grid = np.array([[counts[0], counts[1]], [counts[2], counts[3]]], float)
    shares = grid / np.maximum(grid.sum(1, keepdims=True), 1)

    def draw(ax: Any) -> None:
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1.3, aspect="auto")
        for i, j in np.ndindex(2, 2):
            ax.text(j, i, f"{grid[i, j]:,.0f}\n{100 * shares[i, j]:.1f} %", ha="center", va="center", size=11)
        ax.set_xticks([0, 1], ["accepted", "rejected"])
        ax.set_yticks([0, 1], ["bona fide", "spoof"], rotation=90, va="center")
        ax.tick_params(length=0)
        for side in ("left", "bottom"):
            ax.spines[side].set_visible(False)

    return draw


def attacks(rows: Sequence[dict[str, Any]]) -> Callable[[Any], None]:
    """EER of every attack with its interval, the hardest on top."""

    def draw(ax: Any) -> None:
        rates = np.array([100 * r["eer"] for r in rows])
        if all("eer_low" in r for r in rows):
            ends = np.array([[100 * r["eer_low"], 100 * r["eer_high"]] for r in rows]).T
            error = np.maximum([rates - ends[0], ends[1] - rates], 0)
            ax.barh(range(len(rows)), rates, color="#7fb0d3", xerr=error, ecolor=LINE, capsize=2)
        else:
            ax.barh(range(len(rows)), rates, color="#7fb0d3")
        ax.set_yticks(range(len(rows)), [f"{r['attack']} ({r['clips']})" for r in rows])
        ax.invert_yaxis()
        ax.axvline(50, color=FAINT, lw=1, ls=":")
        ax.set(xlabel="EER, % (clips in brackets)", xlim=(0, None))

    return draw


def reliability(scores: Any, bins: int = 10) -> Callable[[Any], None]:
    """The share of bona fide clips among those of like scores, both classes weighing the same."""
    every = np.concatenate([scores.bonafide, scores.spoof])
    real = np.concatenate([np.ones(len(scores.bonafide)), np.zeros(len(scores.spoof))])
    weight = np.where(real == 1, 0.5 / len(scores.bonafide), 0.5 / len(scores.spoof))
    order = np.argsort(every, kind="stable")

    def draw(ax: Any) -> None:
        claimed, found = [], []
        for part in np.array_split(order, min(bins, len(order))):
            w = weight[part]
            claimed.append(100 * np.sum(w / (1 + np.exp(-np.clip(every[part], -50, 50)))) / w.sum())
            found.append(100 * np.sum(w * real[part]) / w.sum())
        ax.plot([0, 100], [0, 100], ":", color=FAINT)
        ax.plot(claimed, found, "o-", color=BONA, lw=1.5, **WHOLE)
        ax.set(
            xlabel="predicted probability of bona fide, %",
            ylabel="observed share, %",
            xlim=(0, 100),
            ylim=(0, 100),
        )

    return draw


def training(seeds: Sequence[Sequence[dict[str, float]]], best: int) -> Callable[[Any], None]:
    """Losses and, on the right, the EER of dev by epoch: the first seed, with the others' EER in grey."""

    def draw(ax: Any) -> None:
        first = seeds[0]
        at = [e["epoch"] for e in first]
        ax.plot(at, [e["loss"] for e in first], "o-", ms=3, color=BONA, label="loss, train")
        ax.plot(at, [e["dev_loss"] for e in first], "o--", ms=3, color=BONA, label="loss, dev")
        right = ax.twinx()
        for k, each in reversed(list(enumerate(seeds))):
            known = [e for e in each if "dev_eer" in e]  # logs of earlier runs may lack it
            color, name = (SPOOF, "EER, dev") if k == 0 else (FAINT, None)
            rates = [100 * e["dev_eer"] for e in known]
            right.plot([e["epoch"] for e in known], rates, "s-", ms=3, color=color, label=name, **WHOLE)
        ax.axvline(best, color=LINE, lw=1, ls=":", label="chosen epoch")
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set(xlabel="epoch", ylabel="loss, nats")
        right.set(ylabel="EER of dev, %", ylim=(0, max(right.get_ylim()[1], 5)))
        right.spines["right"].set_visible(True)
        lines = [*ax.get_legend_handles_labels()[0], *right.get_legend_handles_labels()[0]]
        low, high = ax.get_ylim()
        ax.set_ylim(low, high + 0.3 * (high - low))  # room for the names
        right.set_ylim(0, 1.3 * right.get_ylim()[1])
        ax.legend(handles=lines, frameon=False, ncols=2, loc="upper center")

    return draw
