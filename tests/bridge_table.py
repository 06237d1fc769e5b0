"""The manual's table of front ends in PyTorch: ``python tests/bridge_table.py [--write] [NAME ...]``.

Every framed front end is measured against the `FrontEnd` itself, each clip of a padded batch alone: as a
module in float32 and float64, and exported, in ONNX Runtime. How far the `FrontEnd` in float32 is from itself
in float64 stands beside it. Without ``--write`` the rows are printed; names
are those of the front ends to measure, by default all.
"""

import importlib
import math
import re
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path

import numpy as np
from signals import speech

import voicefeat as vf

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "torch.md"
START, END = "<!-- bridges -->", "<!-- /bridges -->"
HEAD = """\
| front end | `FrontEnd`, float32 | module, float32 | module, float64 | ONNX Runtime, float32 | opset |
| --- | --- | --- | --- | --- | --- |"""
SR = 16000


def framed():
    """The names of the front ends that are frames of a spectrum."""
    return [name for name in vf.frontends() if vf.frontend(name).framing is not None]


@cache
def clips():
    """Four clips of different lengths, the last one short; digital silence is in the second."""
    y = speech(SR, 3.0)
    y[9000:13000] = 0
    return [y[:40000], y[5000:16011], y[20000:43456], y[1000:3000]]


def batch(kind, beyond):
    """The clips as one array, with `beyond` after their ends, and their lengths."""
    padded = np.full((len(clips()), 40777), beyond, kind)
    for row, clip in zip(padded, clips(), strict=True):
        row[: len(clip)] = clip
    return padded, np.array([len(clip) for clip in clips()])


def error(name, kind, made, frames):
    """The largest difference of a batch from its clips alone, relative to the peak of each."""
    worst = 0.0
    for x, n, clip in zip(made, frames, clips(), strict=True):
        want = vf.frontend(name)(clip.astype(kind), SR)
        assert n == want.shape[1] and not x[:, n:].any(), f"{name}: {n} frames, not {want.shape[1]}"
        worst = max(worst, float(np.abs(x[:, :n] - want).max() / np.abs(want).max()))
    return worst


def own_error(name):
    """That of the `FrontEnd` in float32 from itself in float64, clip by clip."""
    fe, worst = vf.frontend(name), 0.0
    for clip in clips():
        want = fe(clip.astype("float64"), SR)
        worst = max(worst, float(np.abs(fe(clip, SR) - want).max() / np.abs(want).max()))
    return worst


def torch_error(module, name, kind):
    """That of the module; what lies beyond the ends of clips is not a number, and must not be read."""
    torch = importlib.import_module("torch")
    x, frames = module(name, getattr(torch, kind))(*map(torch.from_numpy, batch(kind, np.nan)))
    return error(name, kind, x.numpy(), frames.numpy())


def onnx_error(module, name):
    """That of the exported module in ONNX Runtime, of a batch it was not traced with, and its opset."""
    torch, ort = importlib.import_module("torch"), importlib.import_module("onnxruntime")
    clip, samples = torch.export.Dim("batch"), torch.export.Dim("samples", min=2048)
    example = torch.zeros(2, 16000), torch.tensor([16000, 12000])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, of itself
        program = torch.onnx.export(
            module(name).eval(), example, input_names=["y", "lengths"], output_names=["features", "frames"],
            dynamic_shapes=({0: clip, 1: samples}, {0: clip}), dynamo=True, verbose=False,
        )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        program.save(f"{folder}/front_end.onnx")
        session = ort.InferenceSession(f"{folder}/front_end.onnx")
    y, lengths = batch("float32", 0.0)
    x, frames = session.run(None, {"y": y, "lengths": lengths})
    return error(name, "float32", x, frames), program.model.opset_imports[""]


def rounded(measured):
    """1, 2 or 5 times a power of ten, at least twice an error: other machines round otherwise."""
    power = 10.0 ** math.floor(math.log10(2 * measured))
    return f"{next(step for step in (1, 2, 5, 10) if 2 * measured <= step * power) * power:.0e}"


def row(module, name):
    onnx, opset = onnx_error(module, name)
    errors = own_error(name), *(torch_error(module, name, kind) for kind in ("float32", "float64")), onnx
    return f"| `{name}` | {' | '.join(map(rounded, errors))} | {opset} |"


def rows():
    """{front end: its row} of the page."""
    text = PAGE.read_text(encoding="utf-8").split(START)[1].split(END)[0]
    return {match[1]: match[0] for match in re.finditer(r"^\| `([^`]+)` .*$", text, re.M)}


def stated(name):
    """The errors of a row: the `FrontEnd`'s own, of the module in float32 and float64, of ONNX Runtime."""
    return [float(cell) for cell in rows()[name].split("|")[2:6]]


def write(made):
    """Put rows into the page, beside those that are there."""
    known = {**rows(), **made}
    table = "\n".join([HEAD, *(known[name] for name in framed() if name in known)])
    before, _, after = PAGE.read_text(encoding="utf-8").partition(START)
    PAGE.write_text(f"{before}{START}\n{table}\n{END}{after.split(END)[1]}", encoding="utf-8")


def main():
    sys.path.insert(0, str(ROOT / "examples" / "adapters"))
    module = importlib.import_module("torch_front_end").TorchFrontEnd
    for name in [word for word in sys.argv[1:] if word != "--write"] or framed():
        line = row(module, name)
        print(line, flush=True)
        if "--write" in sys.argv:
            write({name: line})


if __name__ == "__main__":
    main()
