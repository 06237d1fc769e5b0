"""A dataset computed again, and what datasets and recordings are told to hold."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus.checksums import checksum
from voicefeat.corpus.dataset.verify import BOUNDS, verify
from voicefeat.corpus.report.run import verified
from voicefeat.corpus.run.extract import extract_corpus

pa = pytest.importorskip("pyarrow", reason='needs pip install ".[corpus]"')
parquet = pytest.importorskip("pyarrow.parquet")

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "audio"


def spoiled(folder, row, factor):
    """The dataset with one value of a row made larger, and nothing left that says it was another."""
    shard = folder / "part-00000.parquet"
    table = parquet.read_table(shard)
    values = [np.array(each, np.float32) for each in table["values"].to_pylist()]
    peak = np.abs(values[row]).argmax()
    values[row][peak] *= factor
    column = pa.array([each.tolist() for each in values], table.schema.field("values").type)
    k = table.schema.names.index("values")
    table = table.set_column(k, table.schema.field("values"), column)
    checks = [checksum(told, [], each) for told, each in zip(table.to_pylist(), values, strict=True)]
    k = table.schema.names.index("crc32")
    table = table.set_column(k, table.schema.field("crc32"), pa.array(checks, pa.int64()))
    parquet.write_table(table, shard)
    (folder / "_state.json").unlink(missing_ok=True)


@pytest.mark.parametrize(
    "how",
    [
        {"frontend": "asvspoof2019-lfcc", "sr": 16000},
        {"feature": "mfcc", "settings": {"window": ("kaiser", 6.0), "top_db": None}},
        {"feature": "mfcc", "sr": 8000, "dtype": "float64", "summary": ["mean", "q0.95"], "windows": 0.5},
        {"feature": "melspectrogram", "sr": 16000, "dtype": "float16", "channels": "first"},
        {"frontend": "asvspoof2019-cqcc", "sr": 16000},
        {"feature": "rms", "format": "npy"},
    ],
)
def test_every_kind_of_dataset_is_computed_again_bit_for_bit(how, tmp_path):
    done = extract_corpus(EXAMPLES, tmp_path / "out", **how)
    found = verify(vf.open_dataset(tmp_path / "out"), EXAMPLES)
    assert (found.rows, found.equal) == (done.recordings, 8)
    assert (found.near, found.unequal, found.absent, found.versions) == (0, [], [], [])


def test_parts_and_channels_are_compared_each(tmp_path):
    y = np.random.default_rng(0).uniform(-0.5, 0.5, (25 * 8000, 2))
    soundfile.write(tmp_path / "long.wav", y, 8000)
    for channels, rows in (("each", 6), ("mean", 3)):
        out = tmp_path / channels
        extract_corpus(tmp_path / "long.wav", out, "rms", channels=channels, part_seconds=10)
        found = verify(vf.open_dataset(out), tmp_path / "long.wav")
        assert (found.recordings, found.rows, found.equal) == (1, rows, rows)


def test_a_changed_row_is_found_and_rounding_is_told(tmp_path, capsys):
    extract_corpus(EXAMPLES, tmp_path / "out", "mfcc", sr=16000)
    ids = vf.open_dataset(tmp_path / "out").ids
    spoiled(tmp_path / "out", 2, 1 + 4e-7)
    dataset = vf.open_dataset(tmp_path / "out")
    found = verify(dataset, EXAMPLES)
    assert (found.equal, found.near, found.unequal) == (7, 1, [])
    assert 2e-7 < found.largest < 6e-7 < BOUNDS["float32"]
    assert "1 within 4e-07 of its largest magnitude" in verified(found)
    assert "versions are the same: this is another processor" in verified(found)
    found = verify(dataset, EXAMPLES, exact=True)
    assert [each.id for each in found.unequal] == [ids[2]]
    spoiled(tmp_path / "out", 5, 1.01)
    [wrong] = verify(vf.open_dataset(tmp_path / "out"), EXAMPLES).unequal
    assert wrong.id == ids[5] and wrong.error == pytest.approx(0.01, rel=0.01)
    assert main(["verify", str(tmp_path / "out"), str(EXAMPLES)]) == 1
    told = capsys.readouterr().out
    assert "8 rows of 8 recordings computed again: 6 equal bit for bit, 1 within 4e-07" in told
    assert f"{ids[5]}: differs by 0.01 of its largest magnitude" in told


def test_a_changed_recording_is_found(tmp_path):
    shutil.copytree(EXAMPLES, tmp_path / "in")
    extract_corpus(tmp_path / "in", tmp_path / "out", "mfcc", sr=16000)
    first, second, third = sorted(p for p in (tmp_path / "in").iterdir() if p.suffix == ".flac")[:3]
    y, sr = soundfile.read(first)
    soundfile.write(first, y[: y.size // 2], sr)
    second.write_text("no audio")
    third.unlink()
    found = verify(vf.open_dataset(tmp_path / "out"), tmp_path / "in")
    assert (found.equal, found.rows, found.absent) == (5, 7, [third.name])
    told = {each.id: each.why for each in found.unequal}
    assert told.keys() == {first.name, second.name}
    assert "shape, rate, start and duration" in told[first.name] and "decoded" in told[second.name]
    assert f"1 recording of the dataset is not among those given, the first {third.name!r}" in verified(found)


def test_a_sample_is_drawn_with_its_seed(tmp_path, capsys):
    extract_corpus(EXAMPLES, tmp_path / "out", "rms")
    dataset = vf.open_dataset(tmp_path / "out")
    assert verify(dataset, EXAMPLES, sample=3).rows == 3 and verify(dataset, EXAMPLES, sample=99).rows == 8
    for seed in (0, 1):
        given = [str(tmp_path / "out"), str(EXAMPLES), "--sample", "2", "--seed", str(seed)]
        assert main(["verify", *given]) == 0
    assert capsys.readouterr().out == "2 rows of 2 recordings computed again: 2 equal bit for bit\n" * 2
    for wrong in ({"sample": 0}, {"seed": -1}, {"workers": 0}):
        with pytest.raises(vf.ParameterError, match=next(iter(wrong))):
            verify(dataset, EXAMPLES, **wrong)


def test_nothing_to_compare_is_an_error(tmp_path, capsys):
    extract_corpus(EXAMPLES, tmp_path / "out", "rms")
    soundfile.write(tmp_path / "other.wav", np.zeros(100), 8000)
    assert main(["verify", str(tmp_path / "out"), str(tmp_path / "other.wav")]) == 2
    assert (
        "none of these 1 recordings is in the dataset, whose first id is 'de_fenster.flac'"
        in capsys.readouterr().err
    )
    how = {"format": "kaldi", "format_options": {"compress": True}}
    extract_corpus(EXAMPLES, tmp_path / "ark", "mfcc", **how)
    with pytest.raises(vf.ParameterError, match="is compressed with loss"):
        verify(vf.open_dataset(tmp_path / "ark"), EXAMPLES)


def test_other_versions_are_named(tmp_path, monkeypatch):
    extract_corpus(EXAMPLES, tmp_path / "out", "rms")
    monkeypatch.setattr("voicefeat.corpus.dataset.verify.versions", lambda: {"numpy": "9.9"})
    found = verify(vf.open_dataset(tmp_path / "out"), EXAMPLES)
    assert found.versions == [f"numpy {np.__version__} in the dataset, 9.9 here"]
    assert f"versions differ: numpy {np.__version__} in the dataset, 9.9 here" in verified(found)


def test_a_manifest_is_taken_as_extract_takes_it_and_labels_are_compared(tmp_path, capsys):
    names = sorted(path.name for path in EXAMPLES.glob("*.flac"))
    rows = [(name, "spoof" if k % 2 else "bonafide") for k, name in enumerate(names)]
    lines = ["path,label", *(f"{name},{label}" for name, label in rows)]
    (tmp_path / "list.csv").write_text("\n".join(lines))
    given = ["--manifest", str(tmp_path / "list.csv"), "--root", str(EXAMPLES)]
    out = str(tmp_path / "out")
    assert main(["extract", *given, "--feature", "rms", "--out", out]) == 0
    assert main(["verify", out, *given]) == 0
    assert f"{len(rows)} equal bit for bit" in capsys.readouterr().out
    (tmp_path / "list.csv").write_text("\n".join(lines).replace("bonafide", "spoof", 1))
    assert main(["verify", out, *given]) == 1
    assert f"{rows[0][0]}: label: 'bonafide' in the dataset, 'spoof' now" in capsys.readouterr().out
    assert main(["verify", out]) == 2


# --- show ---------------------------------------------------------------------------------------------


def test_show_counts_what_there_is(tmp_path, capsys):
    folders = {"real": 3, "fake": 5}
    sources = []
    for label, count in folders.items():
        for k in range(count):
            soundfile.write(tmp_path / f"{label}{k}.wav", np.full(4000 * (k + 1), 0.25), 8000)
            sources.append((f"{label}{k}.wav", label, k))
    from voicefeat.corpus.inputs.sources import Listing, Source, find_sources

    (tmp_path / "bad.wav").write_text("no audio")
    listed = [Source(name, str(tmp_path / name), carried=(label, k)) for name, label, k in sources]
    listed.append(Source("bad.wav", str(tmp_path / "bad.wav"), carried=("real", 9)))
    found = Listing(listed, find_sources([tmp_path]).ignored, [], (("label", "string"), ("take", "int64")))
    extract_corpus(found, tmp_path / "out", "mfcc", settings={"n_mfcc": 13, "n_fft": 512})
    assert main(["show", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    assert f"{tmp_path / 'out'}: 1 shard, " in told
    lines = {line.split("  ")[0]: line.split("  ", 1)[1].strip() for line in told.splitlines()[1:]}
    assert lines["recordings"] == "8, 10.5 s of audio, 8000 Hz"
    assert lines["rows"].startswith("8 with ") and lines["label"] == "5 fake, 3 real"
    assert lines["holds"] == "the feature mfcc, 13 float32 a frame (mfcc_0, mfcc_1, ..., mfcc_12)"
    assert "n_mfcc=13" in lines["settings"] and f"numpy {np.__version__}" in lines["made by"]
    assert lines["digest"] == vf.open_dataset(tmp_path / "out").digest
    assert lines["failures"].startswith("1 recording, see _failures.csv: 1 decode, ")
    assert main(["show", str(tmp_path / "out"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["recordings"], facts["rows"], facts["sample_rates"], facts["complete"]) == (
        8,
        8,
        [8000],
        True,
    )
    assert facts["audio_seconds"] == 10.5 and facts["format"] == "parquet" and facts["shards"] == 1
    dataset = vf.open_dataset(tmp_path / "out")
    assert facts["bytes"] == sum(shard.stat().st_size for shard in dataset.shards)
    assert facts["frames"] == dataset.lengths.sum() and facts["about"] == dataset.about
    assert facts["columns"]["label"]["counts"] == [{"value": "fake", "rows": 5}, {"value": "real", "rows": 3}]
    assert (facts["columns"]["take"]["least"], facts["columns"]["take"]["most"]) == (0, 4)
    [failure] = facts["failures"]
    assert (failure["stage"], failure["recordings"]) == ("decode", 1)
    state = tmp_path / "out" / "_state.json"
    state.write_text(json.dumps({**json.loads(state.read_text()), "complete": False}))
    assert main(["show", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["complete"] is False
    assert main(["show", str(tmp_path / "out")]) == 0
    assert f"{tmp_path / 'out'}: not complete, 1 shard" in capsys.readouterr().out


def test_show_measures_a_recording(tmp_path, capsys):
    y = np.zeros((8000, 2), np.float32)
    y[:, 0] = 0.5
    y[::2, 1], y[1::2, 1] = 0.25, -0.25
    y[5, 0] = 1.0
    soundfile.write(tmp_path / "two.wav", y, 16000, subtype="FLOAT")
    assert main(["show", str(tmp_path / "two.wav")]) == 0
    told = capsys.readouterr().out
    assert "0.5 s, 8,000 samples at 16000 Hz, 2 channels" in told
    assert "1.0000 (0.0 dB), 0.2500 (-12.0 dB)" in told  # peaks
    assert "0.5001 (-6.0 dB), 0.2500 (-12.0 dB)" in told  # rms
    assert "1 sample at full scale" in told
    assert main(["show", str(tmp_path / "two.wav"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["peak"] == [1.0, 0.25] and facts["clipped"] == 1 and facts["duration"] == 0.5
    assert facts["rms"] == pytest.approx([np.sqrt((0.25 * 7999 + 1) / 8000), 0.25])
    for wrong, words in ((tmp_path / "none.wav", "no such file"), (Path(__file__), "cannot be decoded")):
        assert main(["show", str(wrong)]) == 2
        assert words in capsys.readouterr().err
    assert main(["show", str(tmp_path / "two.wav"), "--id", "x"]) == 2


@pytest.mark.parametrize(
    "how",
    [
        {"frontend": "asvspoof2019-lfcc", "sr": 16000},
        {"feature": "melspectrogram", "sr": 16000, "settings": {"n_mels": 40}},
        {"feature": "mfcc", "summary": ["mean"], "sr": 16000},
        {"feature": "mfcc", "summary": ["mean", "std"], "windows": 0.5, "settings": {"n_mfcc": 4}},
        {"feature": "chroma_stft"},
    ],
)
def test_show_draws_a_row(how, tmp_path, capsys):
    image = pytest.importorskip("matplotlib.image")
    extract_corpus(EXAMPLES, tmp_path / "out", **how)
    drawn = tmp_path / "row.png"
    assert main(["show", str(tmp_path / "out"), "--plot", str(drawn), "--id", "fr_pain.ogg"]) == 0
    pixels = image.imread(drawn)
    assert pixels.shape[0] > 300 and pixels[..., :3].std() > 0.05


def test_show_draws_a_recording(tmp_path, capsys):
    image = pytest.importorskip("matplotlib.image")
    drawn = tmp_path / "recording.png"
    assert main(["show", str(EXAMPLES / "de_fenster.flac"), "--plot", str(drawn)]) == 0
    assert image.imread(drawn)[..., :3].std() > 0.05
    assert main(["show", str(EXAMPLES / "de_fenster.flac"), "--plot", "picture"]) == 2
    assert "give one that ends in .png" in capsys.readouterr().err
