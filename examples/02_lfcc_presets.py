"""There is no single LFCC: one clip in every definition of that name.

    python examples/02_lfcc_presets.py [CLIP] [--plot OUT.png]

The table has one line for each front end: its rows (deltas included) and frames, hop, filters, their scale
and range, and mean and deviation of the first two rows. A model that was trained on one definition would take
these differences for another voice. The picture shows the first rows, each standardised over the clip: what
still differs there is not only a matter of scale.
"""

import numpy as np
from detect import course

import voicefeat as vf

SR = course.RATE
#: Rows that are drawn of each.
DRAWN = 20


def presets():
    """Names and values of the front ends that are called LFCC."""
    return {name: vf.frontend(name) for name in vf.frontends() if "lfcc" in name.split("-")}


def statistics(row):
    """Mean and deviation as two cells."""
    return [f"{row.mean():.2f}", f"{row.std():.2f}"]


def main(given):
    y, rows, shown = course.clip(given.source), [], {}
    for name, fe in presets().items():
        features = fe(y, sr=SR)
        shown[name] = features
        bands, hop = dict(fe.bands.arguments), 1000 * fe.framing.hop_length / SR
        cells = [f"{len(fe.rows)} x {features.shape[1]}", f"{hop:g}", str(bands["n_filters"])]
        cells += [bands["scale"], f"{bands.get('fmax', SR / 2) / 1000:g}", fe.rows[0]]
        rows.append([name, *cells, *statistics(features[0]), *statistics(features[1])])
    head = ["front end", "rows x frames", "hop, ms", "filters", "scale", "to kHz", "row 0 is", "row 0", "+-"]
    head += ["row 1", "+-"]
    course.table(head, rows)
    if given.plot:
        grid = course.axes(3, -(-len(shown) // 3), 18, 8)
        for ax in grid.ravel()[len(shown) :]:
            ax.set_axis_off()
        for ax, (name, features) in zip(grid.ravel(), shown.items(), strict=False):
            few = features[:DRAWN]
            few = (few - few.mean(1, keepdims=True)) / np.maximum(few.std(1, keepdims=True), 1e-9)
            ax.imshow(few, origin="lower", aspect="auto", cmap="coolwarm", vmin=-3, vmax=3)
            ax.set_title(name, fontsize=9)
        course.save(grid, given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, source="CLIP")
