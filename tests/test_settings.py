"""Arguments and settings files of the wrong type: refused by name before any work, whatever they hold."""

import numpy as np
import pytest

import voicefeat as vf
from voicefeat.corpus.inputs import (
    find_sources,
    read_class_folders,
    read_manifest,
    read_protocol,
    read_wav_scp,
)
from voicefeat.corpus.run.extract import extract_corpus
from voicefeat.files.protocols import read_protocol as read_key
from voicefeat.presets.front_end import FrontEnd

LFCC = vf.frontend("asvspoof2019-lfcc").to_toml().splitlines()
#: What no name, no path and no mapping of settings is.
WRONG = [{"a": 1}, {1}, [], [[]], 3, True, float("nan"), b"x", object(), np.zeros(3)]
Y = np.random.default_rng(0).standard_normal(8000)


def corpus(**asked):
    return lambda wrong: extract_corpus(
        "examples/audio", "never", **{name: [wrong] if many else wrong for name, many in asked.items()}
    )


CALLS = {
    "frontend": vf.frontend,
    "from_toml": FrontEnd.from_toml,
    "replace": lambda wrong: vf.frontend("asvspoof2019-lfcc").replace(hop_length=[wrong]),
    "extract": lambda wrong: vf.extract(Y, 16000, [wrong]),
    "extract with settings": lambda wrong: vf.extract(Y, 16000, [("mfcc", wrong)]),
    "plot": lambda wrong: vf.plot.spectrogram(np.ones((3, 4)), feature=wrong),
    "a feature": corpus(feature=True),
    "a front end": corpus(frontend=True),
    "a statistic": corpus(summary=True),
    "format": corpus(format=False),
    "executor": corpus(executor=False),
    "paths": lambda wrong: extract_corpus([wrong], "never"),
    "out": lambda wrong: extract_corpus("examples/audio", wrong),
    "open_dataset": vf.open_dataset,
    "find_sources": lambda wrong: find_sources([wrong]),
    "classes": read_class_folders,
    "manifest": read_manifest,
    "protocol": lambda wrong: read_protocol(wrong, "."),
    "scp": read_wav_scp,
    "key": read_key,
    "scores": vf.metrics.read_scores,
    "asv": vf.metrics.read_asv_scores,
}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_name_and_no_path_is_refused(name):
    for wrong in WRONG:
        with pytest.raises(vf.ParameterError):
            CALLS[name](wrong)


@pytest.mark.parametrize("name", ["feature", "summary", "settings", "format_options"])
def test_what_is_no_sequence_and_no_mapping_is_refused(name):
    for wrong in (3, True, float("nan"), object(), [("n_fft", 512)] if "s" in name[1:] else 3, "x"):
        with pytest.raises(vf.ParameterError, match=name):
            extract_corpus("examples/audio", "never", **{name: wrong})


@pytest.mark.parametrize("megabytes", [1e308, np.inf, 1e7, 0, -1, np.nan])
def test_shards_of_impossible_sizes(megabytes):
    with pytest.raises(vf.ParameterError, match="shard_mb="):
        extract_corpus("examples/audio", "never", shard_mb=megabytes)


BAD = ["3", "-1", '"x"', "[1, 2]", "{a = 1}", "true", "1e400", "[]", '["a", 3]', "[[1], {a = 1}]", "nan",
       "1979-05-27", '""']  # fmt: skip


@pytest.mark.parametrize("line", [k for k, line in enumerate(LFCC) if " = " in line])
def test_a_value_of_the_wrong_type_in_toml_is_refused_or_computed(line):
    key = LFCC[line].split(" = ")[0]
    for value in BAD:
        text = "\n".join([*LFCC[:line], f"{key} = {value}", *LFCC[line + 1 :]])
        try:
            made = FrontEnd.from_toml(text)
            values = made(Y, 16000)
        except vf.ParameterError:
            continue
        assert values.ndim == 2 and FrontEnd.from_toml(made.to_toml()).digest == made.digest


@pytest.mark.parametrize(
    "text, told",
    [
        ("[signal]\nrate = " + "9" * 5000, "is not TOML"),
        ("x = " + "[" * 3000 + "]" * 3000, "is not TOML .too many brackets."),
        ("x = " + "{a = " * 3000, "is not TOML"),
        ("[framing]\nhop_length = 1\nwin_length = 2\nn_fft = " + "9" * 23, r"n_fft=9*: is more than"),
        ("[framing]\nn_fft = 2\nwin_length = 2\nhop_length = " + "9" * 23, "hop_length=9*: is more than"),
        ("row = 3", "row=3: must be a text"),
        ("[method]\nname = 3", "feature=3: must be a text"),
        ("[method]\nname = []", r"feature=\(\): must be a text"),
        (
            '[method]\nname = "mfcc"\nn_mfcc = {a = 1}',
            r"method\.n_mfcc={'a': 1}: is not a value of a setting",
        ),
        ("[bands]\nbank = 3", r"bands\.bank=3: is not known here"),
        ('[bands]\nbank = "get_window"', r"bands\.bank='get_window': is not known here"),
        ("[signal.rate]\na = 1", r"signal\.rate={'a': 1}: is not a value of a setting"),
        ("[[signal]]\nrate = 3", "signal=.*: must be a table"),
    ],
)
def test_toml_that_is_no_front_end(text, told, tmp_path):
    with pytest.raises(vf.ParameterError, match=told):
        FrontEnd.from_toml(text)
    (tmp_path / "fe.toml").write_text(text)
    with pytest.raises(vf.ParameterError, match=told):
        extract_corpus("examples/audio", "never", frontend=str(tmp_path / "fe.toml"))


def test_whole_numbers_stand_for_numbers():
    """An offset of 1 is one of 1.0: no type of a number decides whether a kernel takes it."""
    fe = vf.frontend("asvspoof2019-lfcc")
    np.testing.assert_array_equal(fe.replace(offset=1)(Y, 16000), fe.replace(offset=1.0)(Y, 16000))


@pytest.mark.parametrize(
    "text",
    ["x = " + "[" * 3000, "x = " + "9" * 5000, "[[step]]\ndo = 3", "[[step]]\ndo = []",
     "[[step]]\ndo = {a = 1}", "step = 3", "[[step]]\ndo = 'codec'\np = {a = 1}", b"x", {}],
)  # fmt: skip
def test_toml_that_is_no_chain_of_steps(text):
    with pytest.raises(vf.ParameterError):
        vf.augment.Chain.from_toml(text)


@pytest.mark.parametrize(
    "asked",
    [
        {"part_seconds": 1e308},
        {"windows": 1e308, "summary": ["mean"]},
        {"workers": 10**30},
        {"workers": 10**6},
        {"log": {}},
        {"settings": {3: 4}},
        {"format_options": {3: 4}},
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_impossible_sizes_of_a_run_are_refused_before_work(asked):
    with pytest.raises(vf.ParameterError, match=f"{next(iter(asked))}="):
        extract_corpus("examples/audio", "never", **asked)
