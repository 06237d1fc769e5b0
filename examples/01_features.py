"""Features, and what differs between their definitions.

    python examples/01_features.py [CLIP] [--plot OUT.png]

Four features that detectors of forged voices use, each in two definitions under one name: librosa's, and that
of a student project (docs/project.md). The table has the shape of each, rows x frames, the largest difference
relative to the peak, the correlation, and the computing time for a second of audio. Below it, `vf.explain`
finds from two matrices why they differ. A detector that was trained on one definition does not work on the
other: keep the definition with the model.
"""

import timeit

import numpy as np
from detect import course

import voicefeat as vf

SR = course.RATE
#: What librosa computes under that name, and what the project's own code does.
PAIRS = {
    "MFCC": (lambda y: vf.mfcc(y, SR, n_mfcc=13), "project-mfcc"),
    "mel": (lambda y: vf.power_to_db(vf.melspectrogram(y, SR), ref=np.max), "project-mel"),
    "LFCC": (lambda y: vf.lfcc(y, SR, n_lfcc=13), "project-lfcc"),
    "chroma": (lambda y: vf.chroma_cqt(y, SR, bins_per_octave=36), "project-chroma"),
}


def timed(function, y):
    """What a function returns, and the least of five times of it, in milliseconds a second of audio."""
    return function(y), 1000 * min(timeit.repeat(lambda: function(y), number=1, repeat=5)) * SR / len(y)


def main(given):
    y, rows, shown = course.clip(given.source), [], {}
    for name, (usual, other) in PAIRS.items():
        (a, cost), (b, other_cost) = timed(usual, y), timed(vf.frontend(other), y)
        alike = np.corrcoef(a.ravel(), b.ravel())[0, 1]
        largest = np.abs(a - b).max() / np.abs(a).max()
        shapes = [" x ".join(map(str, m.shape)) for m in (a, b)]
        numbers = [f"{largest:.2f}", f"{alike:.3f}", f"{cost:.2f}", f"{other_cost:.2f}"]
        rows.append([name, *shapes, *numbers])
        shown[name] = a, b
    head = ["feature", "librosa's", "project's", "difference", "correlation", "ms/s", "ms/s"]
    course.table(head, rows)
    print("The project's LFCC as its code computes it (a), and as its text says (b):")
    print(vf.explain(vf.frontend("project-lfcc-mel")(y), "project-lfcc", y, SR))
    if given.plot:
        grid = course.axes(2, 4, 14, 6)
        for (name, pair), column in zip(shown.items(), grid.T, strict=True):
            for matrix, ax, whose in zip(pair, column, ("librosa", "project"), strict=True):
                ax.imshow(matrix, origin="lower", aspect="auto", cmap="magma", interpolation="nearest")
                ax.set(title=f"{name}, {whose}", xlabel="frame", ylabel="row")
        course.save(grid, given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, source="CLIP")
