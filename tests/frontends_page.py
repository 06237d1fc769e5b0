"""The manual's table of front ends, made from the values: ``python tests/frontends_page.py [--write]``.

Without ``--write`` the page is printed. Rows are settings and columns front ends, a table for each family; a
setting that no front end of the family changes has no row, but for those in `ALWAYS`. ``--write`` also writes
the tables at the end of the families' own pages: `family_pages`.
"""

import inspect
import sys
from importlib import import_module
from pathlib import Path

import family_pages

import voicefeat as vf
from voicefeat.chain.frames import WindowArray
from voicefeat.feature.registry import find
from voicefeat.presets.catalogue import FAMILIES
from voicefeat.presets.replace import settings_of
from voicefeat.presets.stages import STAGES
from voicefeat.presets.toml import differing

PAGE = Path(__file__).resolve().parents[1] / "docs" / "frontends.md"
#: Samples of the clip that frames are counted of: those of AASIST's, 4.04 s at 16 kHz.
SAMPLES = 64600
#: Settings that a stage says what it is by, whether or not they are defaults.
ALWAYS = {
    "framing": ("window", "center"),
    "spectrum": ("power",),
    "energy": ("of", "place"),
    "dynamics": ("orders", "width", "divisor"),
    "normalisation": ("over", "variance"),
}

HEAD = """\
# Front ends

A front end is a value, `vf.FrontEnd`: one small dataclass for each stage of the chain. Published front ends
are available by name, and equal the original within the error in the tables, which is
relative to the peak and for float64 input.

```python
import numpy as np
import voicefeat as vf

y = np.random.default_rng(0).standard_normal(16000).astype(np.float32)
fe = vf.frontend("asvspoof2019-lfcc")
features = fe(y, sr=16000)
assert features.shape == (len(fe.rows), fe.frames(len(y))) == (60, 99)
wider = fe.replace(n_filters=40, fmax=4000.0)
assert vf.FrontEnd.from_toml(wider.to_toml()) == wider != fe
```

The input of systems that learn their own front end is samples, repeated or cut to a fixed length. In
training, longer clips are cropped at a random start: `crop="random"` does so, with equal probability for
all starts, and the same `seed` gives the same crop.

```python
aasist = vf.frontend("aasist-waveform")
assert aasist(y, sr=16000).shape == (1, 64600)
drawn = aasist.replace(crop="random", seed=7)
assert (drawn(np.tile(y, 5), sr=16000) == drawn(np.tile(y, 5), sr=16000)).all()
```

`vf.frontends()` is the list of their names; printed, or at the end of a notebook's cell, it is a table with
what each is and its source. A word is enough to find a name: the error of `vf.frontend("lfcc")` lists those
that contain it. On the command line `presets` lists them, or prints one as TOML, which `FrontEnd.from_toml`
reads:

```sh
voicefeat presets
voicefeat presets asvspoof2019-lfcc
```

Below, rows are settings and columns are front ends. An empty cell means that the front end does not have
the stage, and a setting without a row has its default in all of them. Frame lengths are in samples,
frequencies in Hz.
"""
FOOT = "\nThis page is written by `python tests/frontends_page.py --write`.\n"


def shown(value):
    """A value in a cell."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, WindowArray):
        return f"{len(value.values)} numbers"
    if isinstance(value, tuple):
        return ", ".join(map(shown, value))
    return str(value).replace("|", "\\|")


def known(name, stage):
    """Every setting of a stage, those at their defaults among them."""
    if name == "bands":
        found = inspect.signature(getattr(vf.filters, stage.bank)).parameters.items()
        defaults = {k: p.default for k, p in found if k not in ("sr", "n_fft", "dtype")}
    else:
        defaults = find(stage.name).settings if name == "method" else {}
    own = settings_of(name, stage)
    return {**own, **{key: value for key, value in defaults.items() if key not in own}}


def settings(front_ends):
    """(row label, a cell for each front end) of what any of them changes."""
    for name in STAGES:
        stages = [getattr(fe, name) for fe in front_ends]
        present = [stage for stage in stages if stage is not None]
        every = [key for stage in present for key in known(name, stage)]
        changed = {key for stage in present for key in differing(name, stage)}
        values = [{} if stage is None else known(name, stage) for stage in stages]
        for key in dict.fromkeys(every):
            if key in changed or key in ALWAYS.get(name, ()):
                yield f"{name} `{key}`", [shown(each[key]) if key in each else "" for each in values]


def line(cells):
    return f"| {' | '.join(cells)} |"


def family(name):
    """The section of one family."""
    module = import_module(f"voicefeat.presets.published.{name}")
    front_ends = [told.front_end for told in module.PRESETS]
    table = [
        ("rows", [str(len(fe.rows)) for fe in front_ends]),
        (f"frames of {SAMPLES} samples", [str(fe.frames(SAMPLES)) for fe in front_ends]),
        *settings(front_ends),
        ("error", [f"{told.error:.0e}" for told in module.PRESETS]),
    ]
    own = family_pages.PAGES.get(name)
    lines = [f"## {module.__doc__.split('.')[0]}", ""]
    lines += [f"Formulas, silence, short clips: [{own}]({own}).", ""] if own else []
    lines += [line(["setting", *(f"`{told.name}`" for told in module.PRESETS)])]
    lines += [line(["---"] * (1 + len(module.PRESETS)))]
    lines += [line([label, *cells]) for label, cells in table]
    lines += ["", "| front end | source | version | licence of the original | note |", line(["---"] * 5)]
    for told in module.PRESETS:
        texts = (f"`{told.name}`", told.source, told.version, told.licence, told.note)
        lines.append(line([text.replace("|", "\\|") for text in texts]))
    return "\n".join(lines)


def page():
    """The whole page."""
    return "\n".join([HEAD, *(f"{family(name)}\n" for name in FAMILIES)]) + FOOT


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
        family_pages.write()
    else:
        print(page(), end="")
