"""Front ends as modules of PyTorch and in ONNX (examples/adapters), and the table of their errors.

PyTorch and ONNX Runtime may be missing; with CI_EXAMPLES set in the environment a missing one is a failure.
"""

import importlib
import json
import random
import sys
from pathlib import Path

import bridge_table
import numpy as np
import pytest
from signals import speech
from test_docs import blocks
from test_examples_adapters import needed

import voicefeat as vf
from voicefeat.presets.stages import (
    Bands,
    Cepstrum,
    Compression,
    Dynamics,
    Energy,
    Frames,
    Normalisation,
    Prediction,
    Signal,
    Spectrum,
)

ROOT = Path(__file__).resolve().parents[1]
ADAPTERS = ROOT / "examples" / "adapters"
FRAMED = bridge_table.framed()
SR = 16000
#: Those that are exported here: together they have every kind of stage.
EXPORTED = (
    "asvspoof2019-lfcc", "kaldi-mfcc-cmvn", "icefall-fbank-80", "htk-plp-e-d-a", "whisper-log-mel",
    "torchaudio-mfcc-sliding-cmn", "wedefense-lfcc", "python-speech-features-mfcc",
)  # fmt: skip
#: Largest differences from the extractors of transformers, relative to the peak, as in docs/adapters.md.
WHISPER, AST = 5e-5, 1e-4


@pytest.fixture
def torch(monkeypatch):
    if not ADAPTERS.is_dir():
        pytest.skip("the examples are not beside the tests")
    monkeypatch.syspath_prepend(str(ADAPTERS))
    return needed("torch")


@pytest.fixture
def module(torch):
    return importlib.import_module("torch_front_end").TorchFrontEnd


def random_front_end(draw):
    """A front end with stages drawn from all their settings; None if they contradict each other."""
    c = draw.choice
    n_fft, kind = c([64, 100, 128]), c(["center", "drop", "pad", "mirror"])
    center = kind == "center"
    pad_mode = c(["constant", "edge", "reflect", "symmetric"]) if center else "constant"
    align = "left" if not center and c([True, False]) else "center"
    bands = c([
        None,
        Bands("bank", (("n_filters", 10), ("scale", c(["hz", "htk"])))),
        Bands("mel", (("n_mels", 8),)),
    ])  # fmt: skip
    compression = Compression(
        c(["ln", "db", "log10"]), 1e-3, c([0.0, 1e-2]), c([None, 20.0]), c([1.0, 0.5]), c([0.0, 1.0])
    )
    cepstrum = prediction = None
    if bands is not None:
        cepstrum = Cepstrum(6, c([2, 3]), c(["ortho", "htk", None]), c([0.0, 22.0]), c([0, 1]), c([0, 1]))
        prediction = Prediction(c([5, 9]), c([4, 6]), lifter=c([0.0, 22.0]), c0=c(["first", "last"]))
        cepstrum, prediction = c([(None, None), (cepstrum, None), (None, prediction)])
    if prediction is not None:
        compression = Compression(floor=1e-3)
    energy = Energy(c(["bins", "samples"]), 2.0, c([None, 20]), c(["replace", "first", "last"]))
    dynamics = Dynamics(
        c([1, 2, 3]), c([1, 2]), c(["regression", 1.0]), c(["again", "kernel", "ahead"]),
        c(["frames", "rows"]), c(["all", "deltas"]),
    )  # fmt: skip
    sliding = Normalisation("sliding", c([True, False]), c([5, 12, 300]), c([3, 8]), c([True, False]))
    try:
        return vf.FrontEnd(
            Signal(8000, scale=c([1.0, 3.0]), preemphasis=c([0.0, 0.97]), first=c(["keep", "self"])),
            Frames(
                n_fft, c([10, 16, 37]), c([n_fft, n_fft - 20]), c(["hann", "hamming_symmetric"]),
                center, pad_mode, align, "drop" if center else kind, c([0, 1]), c([True, False]),
                c([0.0, 0.9]),
            ),
            Spectrum(c([1.0, 1.5, 2.0]), c([True, False])),
            bands, c([None, compression]), cepstrum, prediction, c([None, energy]), None, c([None, dynamics]),
            c([None, Normalisation(variance=c([True, False])), sliding]),
        )  # fmt: skip
    except vf.ParameterError:
        return None


class TestTorch:
    @pytest.mark.parametrize("name", FRAMED)
    def test_a_batch_is_its_clips(self, torch, module, name):
        """In both precisions within the errors of the manual's table, which are stated anew by --write."""
        own, single, double, _ = bridge_table.stated(name)
        assert bridge_table.torch_error(module, name, "float32") <= single
        assert bridge_table.torch_error(module, name, "float64") <= double
        assert bridge_table.own_error(name) <= own

    def test_random_settings(self, torch, module):
        """Noise: nothing is so near 0 that rounding decides."""
        draw, rng, seen = random.Random(5), np.random.default_rng(5), 0
        while seen < 40:
            fe = random_front_end(draw)
            if fe is None:
                continue
            clips = [rng.standard_normal(n) for n in (900, 411, 240)]
            padded = np.full((3, 950), np.nan)
            for row, clip in zip(padded, clips, strict=True):
                row[: len(clip)] = clip
            x, frames = module(fe, torch.float64)(torch.from_numpy(padded), torch.tensor([900, 411, 240]))
            for made, n, clip in zip(x, frames, clips, strict=True):
                want = fe(clip, 8000)
                assert n == want.shape[1], fe
                assert np.abs(made[:, :n].numpy() - want).max() <= 1e-6 * np.abs(want).max(), fe
                assert not made[:, n:].any()
            seen += 1

    @pytest.mark.parametrize(
        "name",
        [
            "asvspoof2019-lfcc",
            "kaldi-mfcc-cmvn",
            "whisper-log-mel",
            "htk-plp-e-d-a",
            "gfcc",
            "project-chroma",
        ],
    )
    def test_gradients(self, torch, module, name):
        fe = module(name, torch.float64)
        y = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 2100)))
        weights = torch.from_numpy(np.random.default_rng(1).standard_normal(fe(y)[0].shape))
        mix = torch.from_numpy(np.random.default_rng(2).standard_normal((6, *y.shape)))

        def figure(steps):
            """A number of the features, of six directions that the samples are moved in."""
            moved = y + torch.einsum("k,kbn->bn", steps, mix)
            return (fe(moved, torch.tensor([2100, 1700]))[0] * weights).sum()

        steps = torch.full((6,), 1e-3, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(figure, (steps,), eps=1e-6, rtol=1e-4, atol=1e-4)

    def test_silence_has_finite_gradients(self, torch, module):
        for name in FRAMED:
            y = torch.zeros(1, 3000, requires_grad=True)
            module(name)(y)[0].sum().backward()
            assert torch.isfinite(y.grad).all(), name

    def test_all_of_it_is_on_one_device(self, torch, module, monkeypatch):
        """Tensors that only have a device tell of one that was left on the CPU."""
        monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)  # numbers cannot be looked at
        for name in FRAMED:
            fe = module(name).to("meta")
            x, frames = fe(
                torch.empty(2, 9000, device="meta"), torch.empty(2, dtype=torch.int64, device="meta")
            )
            assert x.device.type == frames.device.type == "meta"

    def test_it_adds_nothing_to_a_checkpoint(self, module):
        assert not module("kaldi-mfcc").state_dict()

    @pytest.mark.parametrize(
        "front_end, step",
        [
            ("cqcc2016", "method=.*cqcc"),
            ("aasist-waveform", "samples=64600"),
            (vf.FrontEnd(), "framing=none"),
            (vf.frontend("kaldi-fbank-80").replace(dither=1.0), "dither=1.0"),
            (vf.frontend("whisper-log-mel").replace(pad_mode="linear_ramp"), "pad_mode=linear_ramp"),
        ],
    )
    def test_what_has_no_form_is_refused(self, module, front_end, step):
        with pytest.raises(vf.ParameterError, match=rf"^{step}.*: has no form in PyTorch; call the FrontEnd"):
            module(front_end)

    def test_bad_lengths(self, torch, module):
        fe, y = module("kaldi-fbank-80"), torch.zeros(2, 1000)
        with pytest.raises(vf.ParameterError, match="fewer than one frame"):
            fe(y, torch.tensor([1000, 300]))
        with pytest.raises(vf.ParameterError, match=r"^lengths=\[1000, 1001\]: y is \[2, 1000\]; give"):
            fe(y, torch.tensor([1000, 1001]))
        with pytest.raises(vf.ParameterError, match=r"^lengths=\[900\]: y is \[2, 1000\]; give"):
            fe(y, torch.tensor([900]))
        for clips, shape in ((y[0], "1000"), (y[:, None], "2, 1, 1000")):
            with pytest.raises(vf.ParameterError, match=rf"y is \[{shape}\]; give \(B, N\)"):
                fe(clips)
        with pytest.raises(vf.ParameterError, match="n=0"):
            fe(y, torch.tensor([1000, 0]))


class TestExported:
    @pytest.mark.skipif(not bridge_table.PAGE.is_file(), reason="the manual is not beside the tests")
    def test_the_table_has_every_framed_front_end(self):
        assert list(bridge_table.rows()) == FRAMED

    @pytest.mark.slow
    @pytest.mark.parametrize("name", EXPORTED)
    def test_onnx_runtime_computes_the_same(self, torch, module, name):
        """Another batch than it was traced with, of other lengths; all others by `bridge_table.py`."""
        for package in ("onnx", "onnxscript", "onnxruntime"):
            needed(package)
        found, opset = bridge_table.onnx_error(module, name)
        assert found <= bridge_table.stated(name)[3]
        assert bridge_table.rows()[name].endswith(f"| {opset} |")

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["kaldi-mfcc-deltas", "asvspoof2019-lfcc", "whisper-log-mel"])
    def test_the_exported_program_computes_the_same(self, torch, module, name):
        fe, any_size = module(name, torch.float64), torch.export.Dim.DYNAMIC
        example = torch.zeros(2, 16000, dtype=torch.float64), torch.tensor([16000, 12000])
        shapes = {0: any_size, 1: any_size}, {0: any_size}
        program = torch.export.export(fe, example, dynamic_shapes=shapes)
        y, lengths = map(torch.from_numpy, bridge_table.batch("float64", np.nan))
        for made, want in zip(program.module()(y, lengths), fe(y, lengths), strict=True):
            torch.testing.assert_close(made, want, rtol=0, atol=1e-9)


class TestHuggingFace:
    @pytest.fixture
    def extractor(self, torch):
        needed("transformers")
        return importlib.import_module("huggingface_extractor").VoiceFeatExtractor

    SIGNALS = (speech(SR, 2.0), speech(SR, 2.0)[:20000])

    def test_batches(self, torch, extractor):
        fe = vf.frontend("asvspoof2019-lfcc")
        made = extractor(fe)
        assert (made.feature_size, made.sampling_rate) == (60, SR)
        batch = made(list(self.SIGNALS), SR, return_tensors="np")
        assert batch["input_features"].shape == (2, 199, 60) and batch["attention_mask"].shape == (2, 199)
        for x, mask, y in zip(batch["input_features"], batch["attention_mask"], self.SIGNALS, strict=True):
            want = fe(y, SR).T
            assert mask.sum() == len(want) and mask[: len(want)].all()
            np.testing.assert_array_equal(x[: len(want)], want)
            assert not x[len(want) :].any()
        cut = made(list(self.SIGNALS), SR, "max_length", 150, True, return_tensors="pt")
        assert cut["input_features"].shape == (2, 150, 60)
        np.testing.assert_array_equal(cut["input_features"][0], batch["input_features"][0, :150])
        assert [len(x) for x in made(list(self.SIGNALS), SR, padding=False)["input_features"]] == [199, 124]
        assert made(self.SIGNALS[0].tolist(), SR)["input_features"].shape == (1, 199, 60)
        assert extractor("python-speech-features-energy")(list(self.SIGNALS), SR)["input_features"].shape == (
            2,
            199,
        )

    def test_it_is_saved_and_read(self, extractor, tmp_path):
        made = extractor(vf.frontend("kaldi-fbank-80").replace(n_filters=30), padding_value=-4.0)
        made.save_pretrained(tmp_path)
        read = extractor.from_pretrained(tmp_path)
        assert read.made == made.made and read.padding_value == -4.0 and read.to_dict() == made.to_dict()
        file = tmp_path / "preprocessor_config.json"
        settings = json.loads(file.read_text())
        assert vf.FrontEnd.from_toml(settings["front_end"]).digest == settings["digest"]
        file.write_text(file.read_text().replace("n_filters = 30", "n_filters = 31"))
        with pytest.raises(vf.ParameterError, match=f"^digest='{made.digest}': the front end has"):
            extractor.from_pretrained(tmp_path)

    def test_bad_calls(self, extractor):
        with pytest.raises(vf.ParameterError, match="sampling_rate=None: give that of the signals, 16000 Hz"):
            extractor()(self.SIGNALS[0])
        with pytest.raises(vf.ParameterError, match="defined at 16000 Hz"):
            extractor()(self.SIGNALS[0], 8000)
        with pytest.raises(vf.ParameterError, match="has no sampling rate"):
            extractor(vf.frontend("torchaudio-lfcc").replace(rate=None))

    def test_datasets_map_it(self, extractor):
        datasets = needed("datasets")
        table = datasets.Dataset.from_dict({"audio": [y.tolist() for y in self.SIGNALS]})
        made = extractor("kaldi-fbank-80")
        rows = table.map(lambda batch: made(batch["audio"], SR), batched=True, remove_columns="audio")
        want = made(list(self.SIGNALS), SR)
        np.testing.assert_array_equal(np.array(rows["input_features"], np.float32), want["input_features"])
        assert rows["attention_mask"][1] == want["attention_mask"][1].tolist()

    def test_whispers_features(self, extractor):
        """Its own are those of the signal with silence up to 30 s, as (rows, frames)."""
        theirs = needed("transformers").WhisperFeatureExtractor()
        padded = [np.pad(y, (0, 30 * SR - len(y))) for y in self.SIGNALS]
        want = theirs(list(self.SIGNALS), sampling_rate=SR, return_tensors="np")["input_features"]
        made = extractor("whisper-log-mel")(padded, SR, return_tensors="np")["input_features"]
        assert np.abs(made.transpose(0, 2, 1) - want).max() <= WHISPER * np.abs(want).max()

    @pytest.mark.filterwarnings("ignore:.*filters are empty", "ignore:At least one mel filter")
    def test_the_features_of_the_spectrogram_transformer(self, extractor):
        """Of transformers without torchaudio; its mean and deviation are those of a corpus."""
        theirs = needed("transformers").ASTFeatureExtractor(max_length=220)
        norm = Normalisation(
            "corpus", True, means=(theirs.mean,) * 128, deviations=(2 * theirs.std,) * 128
        )  # fmt: skip
        fe = vf.frontend("kaldi-fbank-80-unit").replace(
            n_filters=128, window="hann_symmetric", normalisation=norm
        )
        ours = extractor(fe, padding_value=-theirs.mean / (2 * theirs.std))
        want = theirs(list(self.SIGNALS), sampling_rate=SR, return_tensors="np")["input_values"]
        made = ours(list(self.SIGNALS), SR, "max_length", 220, return_tensors="np")["input_features"]
        assert np.abs(made - want).max() <= AST * np.abs(want).max()


def test_the_page_states_what_is_allowed():
    page = (ROOT / "docs" / "adapters.md").read_text(encoding="utf-8")
    assert f"{WHISPER:.0e}" in page and f"{AST:.0e}" in page


@pytest.mark.processes
@pytest.mark.parametrize("page", ["torch.md", "adapters.md"])
def test_blocks_of_the_pages(torch, tmp_path, monkeypatch, page):
    """They are left out where the manual is tested, which does without these packages."""
    for package in ("onnx", "onnxscript", "onnxruntime", "transformers", "datasets"):
        needed(package)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    namespace, ran = {}, 0
    for line, language, info, code in blocks(ROOT / "docs" / page):
        if language == "python" and (not info.startswith("no-run") or __name__ in info):
            exec(compile("\n" * (line - 1) + code, page, "exec"), namespace)
            ran += info.startswith("no-run")
    assert ran
