"""The shortcut probe: how well can both classes be separated without listening to the voice?

    python examples/05_shortcuts.py [--data DIR] [--plot OUT.png]

The first rows are detectors that see only one kind of cue: the duration of a clip, its silences, its
bandwidth, its level. An EER far below 50 % shows a fault of the corpus, which any detector may learn. Then
follows the quick detector: on clips as they are, with silence removed from both ends of all clips, and with
silence removed from the scored clips alone. If the last is much worse, the detector used the silence.
"""

import numpy as np
from detect import course, drawings
from detect.corpus import labels
from detect.probe import CUES, cues

import voicefeat as vf

KINDS = {
    "duration": ["duration"],
    "silence": ["leading_silence", "trailing_silence", "activity", "noise_floor"],
    "bandwidth": ["above_3400", "above_7200"],
    "level": ["level", "peak"],
    "all of these": list(CUES),
}


def trimmed(y, row):
    """A clip without what is 40 dB below its loudest frame, at either end."""
    return vf.trim(y, top_db=40, frame_length=512, hop_length=160)[0]


def blind(splits, x, names):
    """The scores of a logistic regression on some cues, for dev and eval."""
    kept = [CUES.index(name) for name in names]
    model = course.logistic().fit(x["train"][:, kept], labels(splits["train"]))
    return {s: course.scores(splits[s], model.decision_function(x[s][:, kept])) for s in ("dev", "eval")}


def main(given):
    splits = course.corpus(given)
    x = {s: np.array([cues(row, "") for row in rows]) for s, rows in splits.items()}
    found = {kind: blind(splits, x, names) for kind, names in KINDS.items()}
    plain, cut = course.all_vectors(splits), course.all_vectors(splits, trimmed)
    found |= {"detector": course.judged(splits, plain), "the same, trimmed": course.judged(splits, cut)}
    found["trimmed when scored"] = course.judged(splits, plain, cut)
    rows = [[name, *course.eer(f["dev"]), *course.eer(f["eval"])] for name, f in found.items()]
    course.table(["cue, or detector", "EER, dev", "95 %", "EER, eval", "95 %"], rows)
    if given.plot:
        rates = {n: [course.rate(f["dev"]), course.rate(f["eval"])] for n, f in found.items()}
        drawings.bars(rates, ("dev", "eval"), given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, data="teaching", most=2000)
