"""What the tests of examples/detect share: the package itself, and toy runs of it."""

import os
import sys
from importlib import util
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
MUST = bool(os.environ.get("CI_EXAMPLES"))


def need(*packages):
    """Skip a module's tests where a package of `examples` is missing; with CI_EXAMPLES they fail."""
    missing = [name for name in packages if util.find_spec(name) is None]
    if missing and not MUST:
        reason = f"needs {' and '.join(missing)}: pip install '.[examples]'"
        pytest.skip(reason, allow_module_level=True)
    assert not missing, f"CI_EXAMPLES is set and {missing} cannot be imported"
    if not EXAMPLES.is_dir():
        pytest.skip("the examples are not beside the tests", allow_module_level=True)
    if str(EXAMPLES) not in sys.path:
        sys.path.insert(0, str(EXAMPLES))


def train(out, *words, data="toy", more=()):
    """What train.py does with these words; returns its exit status."""
    from detect.cli import main

    _one_thread()

    return main([*words, "--data", str(data), "--out", str(out), *more])


def protocol(folder, lines, name="lists.trn.txt"):
    """A folder with a protocol; `lines` are (speaker, utterance, attack, key)."""
    text = "".join(f"{who} {utt} - {attack} {key}\n" for who, utt, attack, key in lines)
    (folder / name).write_text(text)


def _one_thread():
    """Nets of these tests are small: threads would cost more than they save."""
    import torch

    torch.set_num_threads(1)
