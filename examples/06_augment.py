"""Augmentation: what does it buy, where, and what does it cost?

    python examples/06_augment.py [--data DIR] [--plot OUT.png]

The quick detector (mean and deviation of LFCC, a support vector machine) is taught by the training clips, and by
them with one copy of each that was made worse in one way. Both classes get the same: else the augmentation is what
is learnt. It is scored on the evaluation clips as they are, by telephone, in noise and in a room, none of which
it was calibrated for. A column shows what helps there, a row what one way of making worse is good for elsewhere.
Differences of a few points are chance where there are a few hundred clips.
"""

import numpy as np
from detect import course
from detect.corpus import labels

import voicefeat as vf

SR, step = course.RATE, vf.augment.step
#: What training copies are made with.
WAYS = {
    "noise": [step("noise", snr=(5, 25), source=("white", "pink", "brown"))],
    "room": [step("reverb", t60=(0.2, 0.8), drr=(0, 10))],
    "codec": [step("codec", name=("alaw", "mulaw", "gsm", "mp3", "vorbis", "opus"))],
    "bandwidth": [step("bandlimit", fmin=80, fmax=(3000, 7000))],
    "speed": [step("speed", factor=(0.9, 1.1))],
    "RawBoost": [step("rawboost", algorithm=5)],
}
#: What may happen to a recording before it is judged.
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
    more = {name: course.vectors(splits["train"], chain(steps)) for name, steps in WAYS.items()}
    tests, more = {"as it is": x["eval"], **tests}, {"nothing": x["train"][:0], **more}
    more["all of these"], rows = np.concatenate(list(more.values())), []
    for name, copies in more.items():
        taught = splits["train"] * (1 + len(copies) // len(x["train"]))
        score = course.detector(taught, splits["dev"], np.concatenate([x["train"], copies]), x["dev"])
        found = [course.scores(splits["eval"], score(values)) for values in tests.values()]
        rows.append([name, str(len(taught)), *(course.eer(f)[0] for f in found)])
    course.table(["training copies", "clips", *tests], rows)
    if given.plot:
        grid, row = course.axes(2, 5, 16, 6), splits["train"][0]
        for (name, steps), ax in zip({"as it is": [], **WAYS, **TESTS}.items(), grid.ravel(), strict=True):
            y = chain(steps)(course.clip(row.path), row)
            vf.plot.spectrogram(vf.stft(y, n_fft=512, hop_length=128), SR, ax=ax, db=True, hop_length=128)
            ax.set_title(name)
        course.save(grid, given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, data="toy", most=2000)
