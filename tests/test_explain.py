"""Why two matrices differ: each variant by itself, pairs of golden files, and what cannot be explained."""

import explained
import golden
import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.presets.compare.matrix_facts import facts_of
from voicefeat.presets.stages import Energy, Normalisation

SR = 16000
Y = np.ascontiguousarray(speech(SR)[4000:12123], dtype=np.float64)

#: One variant per row: a preset, the settings changed, and the settings that are reported.
TRAPS = [
    ("asvspoof2019-lfcc", {"window": "hamming"}, {"framing.window"}),
    ("asvspoof2019-lfcc", {"align": "center"}, {"framing.align"}),
    ("torchaudio-mfcc-log", {"pad_mode": "constant"}, {"framing.pad_mode"}),
    ("torchaudio-mfcc-log", {"center": False}, {"framing.center"}),
    ("asvspoof2019-lfcc", {"partial": "drop"}, {"framing.partial"}),
    ("kaldi-fbank-23", {"partial": "mirror"}, {"framing.partial"}),
    ("asvspoof2019-lfcc", {"signal__preemphasis": 0.0}, {"signal.preemphasis"}),
    ("python-speech-features-mfcc", {"signal__first": "self"}, {"signal.first"}),
    (
        "kaldi-fbank-23",
        {"framing__preemphasis": 0.0, "signal__preemphasis": 0.97},
        {"framing.preemphasis", "signal.preemphasis"},
    ),
    ("kaldi-fbank-23", {"remove_dc": False}, {"framing.remove_dc"}),
    ("torchaudio-mfcc-log", {"power": 1.0}, {"spectrum.power"}),
    ("python-speech-features-fbank", {"divided": False}, {"spectrum.divided"}),
    ("kaldi-fbank-23", {"slopes": "hz"}, {"bands.slopes"}),
    ("python-speech-features-logfbank", {"edges": "exact"}, {"bands.edges"}),
    ("torchaudio-mel", {"norm": "slaney"}, {"bands.norm"}),
    ("torchaudio-mel", {"bands__scale": "slaney"}, {"bands.scale"}),
    ("asvspoof2021-lfcc-la-df", {"fmax": 8000.0}, {"bands.fmax"}),
    ("kaldi-fbank-23", {"fmin": 0.0}, {"bands.fmin"}),
    ("sahidullah2015-rfcc", {"nyquist": False}, {"bands.nyquist"}),
    ("asvspoof2019-lfcc", {"log": "ln"}, {"compression.log"}),
    ("torchaudio-mfcc-log", {"floor": 1e-6, "offset": 0.0}, {"compression.floor", "compression.offset"}),
    ("torchaudio-mfcc-log", {"offset": 1e-8}, {"compression.offset"}),
    ("torchaudio-mfcc", {"top_db": None}, {"compression.top_db"}),
    ("asvspoof2019-lfcc", {"cepstrum__norm": None}, {"cepstrum.norm"}),
    ("asvspoof2019-lfcc", {"cepstrum__norm": "htk"}, {"cepstrum.norm"}),
    ("kaldi-mfcc-c0", {"lifter": 0.0}, {"cepstrum.lifter"}),
    ("kaldi-mfcc-c0", {"lifter_from": 1}, {"cepstrum.lifter_from"}),
    ("kaldi-mfcc-c0", {"c0": "last"}, {"cepstrum.c0"}),
    ("kaldi-mfcc-c0", {"cepstrum__first": 1}, {"cepstrum.first"}),
    ("kaldi-mfcc-c0", {"energy": Energy("samples")}, {"energy"}),
    ("kaldi-mfcc", {"energy__of": "bins"}, {"energy.of"}),
    ("asvspoof2019-lfcc", {"divisor": 2.0}, {"dynamics.divisor"}),
    ("asvspoof2019-lfcc", {"dynamics": None}, {"dynamics"}),
    ("kaldi-mfcc-deltas", {"repeated": "again"}, {"dynamics.repeated"}),
    ("kaldi-mfcc-deltas", {"width": 3}, {"dynamics.width"}),
    ("wedefense-lfcc", {"along": "frames"}, {"dynamics.along"}),
    ("kaldi-fbank-80", {"signal__scale": 1.0}, {"signal.scale"}),
    ("kaldi-fbank-23", {"dither": 1.0}, {"signal.dither"}),
    ("kaldi-mfcc", {"normalisation": Normalisation()}, {"normalisation"}),
    ("asvspoof2019-lfcc", {"hop_length": 240}, {"framing.hop_length"}),
    ("asvspoof2019-lfcc", {"n_fft": 1024}, {"framing.n_fft"}),
    # two at once
    ("asvspoof2019-lfcc", {"window": "hann", "log": "ln"}, {"framing.window", "compression.log"}),
    ("kaldi-mfcc-c0", {"signal__scale": 1.0, "lifter": 0.0}, {"signal.scale", "cepstrum.lifter"}),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "changes", "settings"), TRAPS, ids=lambda v: str(v) if isinstance(v, str) else None
)
def test_each_variant(name, changes, settings):
    """The second matrix is in single precision and transposed, which is a variant of its own."""
    fe = vf.frontend(name)
    other = fe.replace(**changes)
    found = vf.explain(fe(Y, SR), other(Y, SR).T.astype("float32"), Y, SR)
    assert found.explained, str(found)
    assert {d.setting for d in found.differences} == settings, str(found)
    assert found.turned == (False, True) and "orientation: b is (frames, rows)" in str(found)
    assert found.errors[0] < 1e-9 and found.errors[1] < 1e-6


#: One pair of golden files in so many; ``python tests/explained.py DIR`` takes them all.
ONE_IN = 17


@pytest.mark.parametrize("pair", explained.pairs()[::ONE_IN], ids=" / ".join)
@pytest.mark.slow
def test_golden_pairs(pair):
    """The settings found are the true ones, or no more that do the same on this signal; else it says so."""
    said, _, words = explained.verdict(golden.SMALL, golden.SMALL.parent, *pair)
    assert said in ("true", "as good"), f"{said}: {words}"


@pytest.mark.slow
def test_says_what_it_does_not_know():
    """Noise, and numbers that no front end gives, are not explained; where they differ is told."""
    y, fe = Y[:4000], vf.frontend("kaldi-fbank-23")
    made = fe(y, SR)
    bent = made.copy()
    bent[3, 5:8] += 2.0
    found = vf.explain(bent, fe, y, SR)
    assert not found.explained and found.differences == () and "no explanation was found" in str(found)
    assert "not reproduced" in found.names[0]
    assert "1 of 23 rows differ: 3" in found.facts
    assert "3 of 23 frames differ: 5, 6, 7" in found.facts
    noise = np.random.default_rng(0).standard_normal((7, 11))
    found = vf.explain(noise, fe, y, SR)
    assert not found.explained and found.facts == ("shape (rows, frames): (7, 11) in a, (23, 23) in b",)


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (lambda x: 3.0 * x, "b is a times 3 everywhere"),
        (lambda x: x - 1.5, "b is a plus -1.5 everywhere"),
        (lambda x: x + np.arange(len(x))[:, None], "b is a plus a constant for each row"),
        (lambda x: x * (1 + np.arange(len(x)))[:, None], "b is a times a constant for each row"),
    ],
    ids=["ratio", "offset", "offsets", "ratios"],
)
def test_constants_are_told(change, fact):
    x = np.random.default_rng(0).standard_normal((5, 9))
    assert fact in facts_of(x, change(x))
    x[0, 0] = np.nan
    assert any("1 values are NaN" in told for told in facts_of(x, x))


def test_the_same_front_end():
    y, fe = Y[:4000], vf.frontend("asvspoof2019-lfcc")
    found = vf.explain(fe(y.astype("float32"), SR), "asvspoof2019-lfcc", y, SR)
    assert found.explained and found.differences == () and "only rounding differs" in str(found)
    assert found.front_ends[1] == fe and found.errors[1] == 0.0


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((np.ones((2, 3, 4)), "kaldi-mfcc", Y, SR), "a="),
        ((np.array(["x"]), "kaldi-mfcc", Y, SR), "a="),
        ((np.full((2, 3), np.nan), "kaldi-mfcc", Y, SR), "a="),
        ((np.ones((2, 3)), np.ones((0, 3)), Y, SR), "b="),
        (
            (np.ones((2, 3)), "kaldi-mfc", Y, SR),
            r"b='kaldi-mfc': no such front end; did you mean one of these\?\n  kaldi-mfcc ",
        ),
        ((np.ones((2, 3)), "kaldi-mfcc", Y, 8000), "sr=8000"),
        ((np.ones((2, 3)), "kaldi-mfcc", np.stack([Y, Y]), SR), "y="),
        ((np.ones((2, 3)), "kaldi-mfcc", np.full(9, np.nan), SR), "y="),
        ((np.ones((2, 3)), "kaldi-mfcc", Y, "fast"), "sr='fast'"),
    ],
)
def test_bad_input(arguments, fault):
    with pytest.raises(vf.ParameterError, match=f"^{fault}"):
        vf.explain(*arguments)


class TestCommand:
    """``voicefeat explain`` on files."""

    @pytest.fixture
    def files(self, tmp_path):
        soundfile = pytest.importorskip("soundfile")
        y, fe = Y[:4000].astype("float32"), vf.frontend("kaldi-fbank-23")
        soundfile.write(tmp_path / "clip.wav", y, SR, subtype="FLOAT")
        np.save(tmp_path / "a.npy", fe(y, SR))
        np.save(tmp_path / "b.npy", fe.replace(window="hann")(y, SR))
        np.save(tmp_path / "noise.npy", np.random.default_rng(0).standard_normal((7, 11)))
        np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
        np.savez(tmp_path / "several.npz", a=y)
        return tmp_path

    def run(self, folder, *arguments):
        return main(["explain", *(str(folder / a) if "." in a else a for a in arguments)])

    @pytest.mark.slow
    def test_two_files(self, files, capsys):
        assert self.run(files, "a.npy", "b.npy", "--audio", "clip.wav") == 0
        told = capsys.readouterr().out
        assert "(framing.window): 'povey_symmetric' in a, 'hann' in b" in told

    @pytest.mark.slow
    def test_a_preset(self, files, capsys):
        assert self.run(files, "b.npy", "--preset", "kaldi-fbank-23", "--audio", "clip.wav") == 0
        assert "(framing.window): 'hann' in a" in capsys.readouterr().out

    @pytest.mark.slow
    def test_nothing_found(self, files, capsys):
        assert self.run(files, "noise.npy", "--preset", "kaldi-fbank-23", "--audio", "clip.wav") == 1
        assert "no explanation was found" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("a.npy",), "give one of them"),
            (("a.npy", "b.npy", "--preset", "kaldi-mfcc"), "give one of them"),
            (("objects.npy", "a.npy"), "is not an array of numbers"),
            (("several.npz", "a.npy"), "holds several arrays"),
            (("clip.wav", "a.npy"), "is not an array of numbers"),
            (("missing.npy", "a.npy"), "missing.npy: No such file"),
        ],
        ids=lambda v: None if isinstance(v, tuple) else v.split()[0],
    )
    def test_what_cannot_be(self, files, capsys, arguments, message):
        assert self.run(files, *arguments, "--audio", "clip.wav") == 2
        assert message in capsys.readouterr().err
