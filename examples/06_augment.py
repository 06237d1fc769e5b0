"""Augmentation: what does it improve, under which conditions, and what does it cost?

    python examples/06_augment.py [--data DIR] [--plot OUT.png]

The quick detector is trained on the training clips alone, and together with a copy of each, degraded in one
way. Both classes are degraded, or the detector learns the degradation. The table has its EER on evaluation
clips as they are, by telephone, in noise, in a room: a row for each training, a column for each condition.
With a few hundred clips, a few per cent are chance. The picture shows one clip in each condition.
"""

import numpy as np
from detect import course, drawings

import voicefeat as vf

SR, step = course.RATE, vf.augment.step
# What training copies are made with, and what may happen to a recording before it is judged.
WAYS = {
    "noise": [step("noise", snr=(5, 25), source=("white", "pink", "brown"))],
    "room": [step("reverb", t60=(0.2, 0.8), drr=(0, 10))],
    "codec": [step("codec", name=("alaw", "mulaw", "gsm", "mp3", "vorbis", "opus"))],
    "bandwidth": [step("bandlimit", fmin=80, fmax=(3000, 7000))],
    "speed": [step("speed", factor=(0.9, 1.1))],
    "RawBoost": [step("rawboost", algorithm=5)],
}
TESTS = {
    "telephone": [step("telephone"), step("codec", name="gsm")],
    "noise, 10 dB": [step("noise", snr=10, source="pink")],
    "room, 0.5 s": [step("reverb", t60=0.5, drr=3)],
}


def chain(steps, seed=0):
    """What is done to a clip: the same in every run, whatever the order of clips."""
    made = vf.augment.Chain(tuple(steps))
    return lambda y, row: made(y, SR, id=row.utt, seed=seed)


def main(given):
    splits = course.corpus(given)
    x = course.all_vectors(splits)
    tests = {name: course.vectors(splits["eval"], chain(steps, 1)) for name, steps in TESTS.items()}
    tests = {"as it is": x["eval"], **tests}
    more = {name: course.vectors(splits["train"], chain(steps)) for name, steps in WAYS.items()}
    more = {"nothing": x["train"][:0], **more, "all of these": np.concatenate(list(more.values()))}
    rows = []
    for name, copies in more.items():
        taught = splits["train"] * (1 + len(copies) // len(x["train"]))
        score = course.detector(taught, splits["dev"], np.concatenate([x["train"], copies]), x["dev"])
        found = [course.scores(splits["eval"], score(vectors)) for vectors in tests.values()]
        rows.append([name, str(len(taught)), *(course.percent(course.rate(f)) for f in found)])
    course.table(["training copies", "clips", *tests], rows)
    if given.plot:
        row, ways = splits["train"][0], {"as it is": [], **WAYS, **TESTS}
        signals = {name: chain(steps)(course.clip(row.path), row) for name, steps in ways.items()}
        drawings.spectra(signals, 5, given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, data="toy", most=2000)
