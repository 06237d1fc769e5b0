"""Front ends over a corpus: what is stored, and what is refused."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpora import frames_computed

import voicefeat as vf
from voicefeat.corpus.inputs.sources import Source
from voicefeat.corpus.items import Item
from voicefeat.corpus.run.extract import extract_corpus
from voicefeat.corpus.run.job import CorpusJob
from voicefeat.corpus.run.task import FeatureTask, FrontEndTask, compute_tasks, make_tasks

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "audio"


def rows(folder):
    return parquet.read_table(folder).to_pylist()


def test_a_front_end_is_stored_with_its_settings_and_its_digest(tmp_path):
    fe = vf.frontend("asvspoof2019-lfcc")
    extract_corpus(EXAMPLES, tmp_path / "out", frontend="asvspoof2019-lfcc", sr=16000)
    stored = rows(tmp_path / "out")
    assert len(stored) > 1
    for row in stored:
        y, sr = vf.load(EXAMPLES / row["id"], sr=16000)
        got = np.array(row["values"], np.float32).reshape(row["n_rows"], row["n_frames"])
        np.testing.assert_array_equal(got, fe(y, sr).astype(np.float32))
        assert row["feature"] == "asvspoof2019-lfcc"
    about = json.loads(parquet.read_schema(tmp_path / "out" / "part-00000.parquet").metadata[b"voicefeat"])
    assert (about["digest"], about["rows"], about["sr"]) == (fe.digest, fe.rows, 16000)
    assert vf.FrontEnd.from_toml(about["front_end"]) == fe


def test_a_front_end_comes_by_name_by_file_and_as_a_value(tmp_path):
    fe = vf.frontend("asvspoof2019-lfcc").replace(dynamics=None)
    (tmp_path / "mine.toml").write_text(fe.to_toml(), encoding="utf-8")
    stored = []
    for name, given in (("file", str(tmp_path / "mine.toml")), ("value", fe)):
        extract_corpus(EXAMPLES, tmp_path / name, frontend=given, sr=16000)
        stored.append([(row["id"], row["values"]) for row in rows(tmp_path / name)])
        about = parquet.read_schema(tmp_path / name / "part-00000.parquet").metadata[b"voicefeat"]
        assert json.loads(about)["digest"] == fe.digest
    assert stored[0] == stored[1]


@pytest.mark.parametrize(
    "name",
    ["rawnet2-waveform", "python-speech-features-ssc", "kaldi-fbank-80", "asvspoof2019-cqcc", "project-mfcc"],
)
def test_every_kind_of_front_end_names_its_rows(name):
    task = FrontEndTask.of(name, None)
    n_rows = task.probe()
    assert len(task.settings(n_rows)["rows"]) == n_rows > 0


def test_a_recording_at_another_rate_goes_to_the_ledger(tmp_path):
    soundfile.write(tmp_path / "slow.wav", np.sin(np.arange(8000) / 5), 8000)
    done = extract_corpus(tmp_path / "slow.wav", tmp_path / "out", frontend="asvspoof2019-lfcc")
    assert (done.recordings, done.failed) == (0, 1)
    [line] = csv.DictReader((tmp_path / "out" / "_failures.csv").open())
    assert line["error"] == "sr=8000: the front end is defined at 16000 Hz"
    assert line["remedy"] == "resample: give sr=16000"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"frontend": "asvspoof2019-lfc"}, "asvspoof2019-lfcc"),
        ({"frontend": "asvspoof2019-lfcc", "sr": 8000}, "defined at 16000 Hz"),
        ({"frontend": "asvspoof2019-lfcc", "feature": "mfcc"}, "exclude each other"),
        ({"frontend": "asvspoof2019-lfcc", "settings": {"n_fft": 512}}, "has its own"),
        ({"frontend": "nowhere.toml"}, "cannot be read"),
        ({"frontend": 3}, "neither a name nor a FrontEnd"),
    ],
)
def test_a_front_end_that_cannot_be_used_is_refused_first(given, words, tmp_path):
    with pytest.raises(vf.ParameterError, match=words):
        extract_corpus(EXAMPLES, tmp_path / "out", **given)
    assert not (tmp_path / "out").exists()


def test_a_digest_is_of_what_differs_from_the_defaults():
    def digest(**settings):
        return FeatureTask.of("mfcc", 16000, settings).digest

    assert digest() == digest(n_mfcc=20) != digest(n_mfcc=13) != digest(n_mfcc=14)
    assert FeatureTask.of("lfcc", 16000, {}).digest != digest()


def test_samples_that_are_stored_as_they_are_stay_when_the_next_recording_is_read(tmp_path):
    rng, raw = np.random.default_rng(0), vf.frontend("aasist-waveform")
    job = CorpusJob(make_tasks(None, raw, None, None), None)
    made = []
    for k in range(2):  # longer than what the front end takes of them
        soundfile.write(tmp_path / f"{k}.wav", rng.uniform(-0.5, 0.5, 80000), 16000)
        made.append(job(Item(k, Source(f"{k}", str(tmp_path / f"{k}.wav")))).row.values[0])
    for k, values in enumerate(made):
        np.testing.assert_array_equal(values, raw(vf.load(tmp_path / f"{k}.wav", sr=None)[0], 16000))


# --- spectra that are shared --------------------------------------------------------------------------

LFCC = vf.frontend("asvspoof2019-lfcc")
#: Front ends of equal frames of the same signal: another bank, other cepstra, no deltas, no energy.
ALIKE = [
    LFCC.replace(row="wide", n_filters=40),
    LFCC.replace(row="short", cepstrum__n=12, dynamics=None),
    LFCC.replace(row="plain", energy=None, normalisation=None),
]


def rows_of(folder):
    dataset = vf.open_dataset(folder)
    return [(entry.id, entry.values.tobytes()) for entry in dataset]


def test_features_of_a_corpus_share_their_spectra(tmp_path, monkeypatch):
    """Three features of the same frames take one pass, with the bytes of three runs."""
    names, noise = ["mfcc", "spectral_centroid", "melspectrogram"], np.random.default_rng(0)
    trial = frames_computed(monkeypatch, lambda: vf.mfcc(noise.standard_normal(8192)))

    def frames(feature, name):
        out = tmp_path / name
        return frames_computed(monkeypatch, lambda: extract_corpus(EXAMPLES, out, feature, workers=1))

    alone = [frames(name, name) for name in names]
    assert frames(names, "all") - 3 * trial == alone[0] - trial > 0  # each feature is tried once on noise
    for name in names:
        assert rows_of(tmp_path / "all" / name) == rows_of(tmp_path / name)


def test_front_ends_of_a_corpus_share_their_spectra(tmp_path, monkeypatch):
    """Front ends of equal frames take one pass, with the bytes of a run each; others a pass of their own."""

    def frames(front_ends, name):
        how = {"frontend": front_ends, "sr": 16000, "workers": 1}
        return frames_computed(monkeypatch, lambda: extract_corpus(EXAMPLES, tmp_path / name, **how))

    other = LFCC.replace(row="other", hop_length=80)
    trial = frames_computed(monkeypatch, lambda: LFCC(np.random.default_rng(0).standard_normal(48000), 16000))
    alone = [frames(fe, fe.row) - trial for fe in ALIKE]
    assert alone[0] == alone[1] == alone[2] > 0
    assert frames(ALIKE, "alike") - 3 * trial == alone[0]
    finer = frames(other, "other")
    assert frames([*ALIKE, other], "all") - 3 * trial == alone[0] + finer
    for fe in ALIKE:
        assert (
            rows_of(tmp_path / "all" / fe.row)
            == rows_of(tmp_path / "alike" / fe.row)
            == rows_of(tmp_path / fe.row)
        )
    assert rows_of(tmp_path / "all" / "other") == rows_of(tmp_path / "other")


def test_a_feature_and_a_front_end_share_their_spectra(monkeypatch):
    """Tasks of equal frames take one pass whatever their kind, with the bits of each alone."""
    y = np.random.default_rng(0).standard_normal(16000).astype(np.float32)
    frames = {"n_fft": 400, "hop_length": 200, "pad_mode": "reflect"}
    centroid = FeatureTask.of("spectral_centroid", 16000, frames)
    cepstra = FrontEndTask.of("torchaudio-mfcc", 16000)
    results = []

    def computed(*tasks):
        return frames_computed(monkeypatch, lambda: results.append(compute_tasks(tasks, y, 16000)))

    assert computed(centroid, cepstra) == computed(centroid) == computed(cepstra) == 81
    (one, other), [first], [second] = results
    assert one.tobytes() == first.tobytes() and other.tobytes() == second.tobytes()
