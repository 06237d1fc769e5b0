"""What figures of a size mean, in a sentence each: every word follows from the numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

#: Percentage points by which two error rates must differ to be called different.
APART = 5.0


def eer(value: float) -> str:
    """What an equal error rate of this size means."""
    percent = 100 * value
    if percent > 55:
        return "worse than guessing: scores are more often the wrong way round"
    if percent > 45:
        return "no better than guessing, which has 50 %"
    if percent < 0.05:
        return "no clip of this set is on the wrong side of the best threshold"
    return f"at equal errors, 1 in {_some(1 / value)} clips of either class is misjudged; guessing has 50 %"


def auc(value: float) -> str:
    """What an area under the ROC of this size means."""
    return (
        f"of a bona fide and a spoofed clip, the bona fide one scores higher {100 * value:.0f} times in 100"
    )


def min_dcf(value: float) -> str:
    """What a normalised detection cost at the best threshold means."""
    if value > 0.98:
        return "no threshold costs less than treating all clips alike, which costs 1"
    return f"at the best threshold, {100 * value:.0f} % of the cost of treating all clips alike"


def act_dcf(value: float, least: float) -> str:
    """What the cost at the threshold of the costs means, beside the least one."""
    if value - least < 0.05:
        return "close to minDCF: the scores can be used with the threshold of the costs"
    return f"{value - least:.2f} above minDCF: lost by calibration that does not fit this set"


def cllr(value: float, least: float) -> str:
    """What a cost of log-likelihood ratios means, beside the one after the best calibration."""
    begin = "0 is perfect, 1 says nothing"
    if value >= 1:
        return (
            f"{begin}: as likelihood ratios these scores mislead here; the best calibration has {least:.2f}"
        )
    lost = "little is lost by calibration" if value - least < 0.1 else "much is lost by calibration"
    return f"{begin}; {lost}: the best calibration has {least:.2f}"


def interval(span: dict[str, Any], digits: int = 1) -> str:
    """A 95 per cent interval in words, with what it is of where that is not the mean over seeds."""
    ends = f"{100 * span['low']:.{digits}f} to {100 * span['high']:.{digits}f} %"
    return f"{ends} over {drawn(span['by'])}"


def drawn(by: str) -> str:
    """What an interval is over: "speakers and systems"."""
    return " and ".join(f"{name}s" for name in by.split(" and "))


def alike(found: dict[str, Any]) -> bool:
    """Whether all seeds gave the same scores: a model that does not depend on its seed."""
    return all(
        found[part][key]["least"] == found[part][key]["most"]
        for part in ("dev", "eval")
        for key in ("eer", "auc", "cllr")
        if key in found[part]
    )


def over_seeds(found: dict[str, Any], part: str, digits: int = 1) -> str:
    """How the EER differs between seeds; empty for one seed."""
    count = len(found["seeds"])
    word = "folds" if found["protocol"] == "folds" else "seeds"
    if count == 1:
        return ""
    if alike(found):
        return f"the same for all {count} {word}"
    return f"± {100 * found[part]['eer']['deviation']:.{digits}f} over {count} {word}"


def chosen_on(found: dict[str, Any]) -> str:
    """What the epoch of a network was chosen on, so that its figures are too good: "" without epochs."""
    if not any(found["best_epoch"]):
        return ""
    return found.get("chosen_on", "dev")


def unnamed(found: dict[str, Any]) -> str:
    """How many speakers of the evaluation set are labels of clips whose speaker the corpus does not name."""
    count = found.get("unnamed", {"speakers": 0, "clips": 0})
    if not count["speakers"]:
        return ""
    where = "" if found["leaks"] else " of eval"
    are = "is a label" if count["speakers"] == 1 else "are labels"
    clips = "1 clip" if count["clips"] == 1 else f"{count['clips']} clips"
    return (
        f"{count['speakers']} of the {count['of']} speakers{where} {are} of {clips} "
        "whose speaker the corpus does not name. Each label counts as a speaker of its own, though the same "
        "person may have another label."
    )


def probe(blind: float, ours: float) -> str:
    """What the shortcut probe's rate means, beside the detector's."""
    if blind > 0.6:
        return "worse than guessing: on this set these cues point the other way"
    if blind > 0.4:
        return "near guessing: these cues tell little"
    if blind <= ours + APART / 100:
        return "as good as the detector, which may have learnt no more than these cues"
    return "far from guessing: part of the detector's result may come from these cues"


def verdict(found: dict[str, Any]) -> str:
    """The outcome of a run in two or three sentences."""
    dev, ours = (100 * found[part]["eer"]["mean"] for part in ("dev", "eval"))
    span = found["eval"].get("interval", {})
    low, high = (100 * span[end] if span else ours for end in ("low", "high"))
    told = [f"EER {ours:.1f} % on evaluation: {_grade(ours, low, high)}."]
    if ours - dev > APART:
        told.append(f"Development has {dev:.1f} %: what was learnt holds less for the clips of evaluation.")
    elif dev - ours > APART:
        told.append(f"Development has {dev:.1f} %: the evaluation set is the easier one.")
    if high - low > 20:
        told.append(f"The interval is wide ({low:.0f} to {high:.0f} %), so little is certain.")
    if found["leaks"]:
        told.append("The protocol leaks, so this says nothing about recordings and speakers that are new.")
    elif "probe_eval" in found:
        told.append(_probed(*(found[f"probe_{part}"]["eer"]["mean"] for part in ("dev", "eval")), ours / 100))
    return " ".join(filter(None, told))


def _probed(dev: float, blind: float, ours: float) -> str:
    """A sentence about the shortcut probe, where it tells something."""
    if blind <= 0.4:
        return f"The shortcut probe alone has {100 * blind:.1f} %: {probe(blind, ours)}."
    if dev <= 0.25:
        return (
            f"The shortcut probe alone has {100 * dev:.1f} % on development and {100 * blind:.1f} % on "
            "evaluation: these cues help where the detector was chosen, and not here."
        )
    return ""


def _grade(value: float, low: float, high: float) -> str:
    """A rate in per cent, in words."""
    if low > 50:
        return "worse than guessing, scores are more often the wrong way round"
    if value > 45:
        return "it cannot be told from guessing"
    if high >= 50:
        return "with so few speakers or systems it cannot be told from guessing"
    for most, words in ((1, "hardly an error"), (5, "few errors"), (15, "useful, with many errors")):
        if value <= most:
            return f"{words} on this set"
    return "better than guessing, with too many errors to rely on"


def _some(number: float) -> str:
    return f"{number:.1f}" if number < 9.95 else f"{number:,.0f}"


def curve(folder: Path) -> list[dict[str, float]]:
    """Epoch by epoch, what a seed's log.jsonl has: loss, dev_loss, dev_eer; empty of what has no epochs."""
    told: dict[int, dict[str, float]] = {}
    file = folder / "log.jsonl"
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        event = json.loads(line)
        if event["event"] == "epoch":  # of one that was repeated the last counts
            told[event["epoch"]] = event
    return [told[k] for k in sorted(told)]
