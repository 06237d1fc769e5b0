"""Golden arrays made by the published code of others: the repository's set, and a larger one where it is."""

import csv
from pathlib import Path

import cut_golden
import front_end_references as front_ends
import golden
import numpy as np
import pytest
import run_originals
import soundfile

import voicefeat as vf

ENTRIES, REASONS = golden.read_map()


@pytest.fixture(scope="module", params=["own", "large"])
def folder(request):
    """A folder of golden arrays: the one beside these tests, and that of the recordings."""
    if request.param == "own":
        return golden.SMALL
    path = Path(request.getfixturevalue("data")) / "golden"
    if not path.is_dir():
        pytest.skip(f"no golden arrays at {path}")
    return path


@pytest.fixture(scope="module")
def clips(folder):
    return golden.read_clips(folder, folder.parent)


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if "set" not in entry])
def test_file(name, folder, clips):
    path = folder / f"{name}.npz"
    assert path.exists(), f"golden.toml maps {name}, which is not in {folder}"
    verdict = golden.check_file(path, ENTRIES[name], clips)
    assert not verdict.problems, verdict


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if "set" in entry])
def test_file_of_an_original_that_was_run(name):
    assert ENTRIES[name]["set"] == golden.RUN.name
    clips = golden.read_clips(golden.RUN, golden.RUN.parent)
    verdict = golden.check_file(golden.RUN / f"{name}.npz", ENTRIES[name], clips)
    assert not verdict.problems, verdict


def test_the_originals_still_say_so():
    """The arrays are what the program returns where it is installed, but for the last bits of numpy's."""
    pytest.importorskip("spafe")
    for name, arrays in run_originals.results().items():
        with np.load(golden.RUN / f"{name}.npz") as kept:
            assert kept.files == list(arrays)
            for clip in kept.files:
                np.testing.assert_allclose(arrays[clip], kept[clip], rtol=1e-9, atol=1e-9)


def test_every_file_is_mapped_or_listed(folder):
    for path in folder.glob("*.npz"):
        mapped, listed = path.stem in ENTRIES, bool(golden.why_not(path.stem, REASONS))
        assert mapped or listed, f"{path.name} is neither mapped nor listed in golden.toml"
        assert not (mapped and listed), f"{path.name} is both mapped and listed in golden.toml"


def test_no_reason_is_stale(data):
    stems = [path.stem for path in (data / "golden").glob("*.npz")]
    for pattern in REASONS:
        assert any(golden.why_not(stem, {pattern: "here"}) for stem in stems), f"{pattern} matches no file"


#: Front ends without an array of their own in the repository, and why: there is none.
WITHOUT: dict[str, str] = {}


def test_a_clone_certifies_every_front_end():
    """By an array of the repository, or by its definition where no program of it can be run."""
    held = {
        entry["frontend"]
        for name, entry in ENTRIES.items()
        if "frontend" in entry
        and not entry.get("changes")
        and any((folder / f"{name}.npz").exists() for folder in (golden.SMALL, golden.RUN))
    }
    assert not set(WITHOUT) & held and set(WITHOUT) <= set(vf.frontends())
    assert not held & front_ends.REFERENCES.keys(), "an array of the original is what certifies"
    assert set(vf.frontends()) == held | front_ends.REFERENCES.keys() | set(WITHOUT)


def test_every_array_of_the_own_set_is_told_of():
    """One table names every clip and every array, with its licence; the folder is small."""
    with open(golden.SMALL / "provenance.csv", newline="", encoding="utf-8") as f:
        table = list(csv.DictReader(f))
    assert all(row["licence"] and row["origin"] for row in table)
    told = {row["name"]: row["kept"].split() for row in table if row["kind"] == "array"}
    assert len(told) == len(list(golden.SMALL.glob("*.npz")))
    for stem, kept in told.items():
        with np.load(golden.SMALL / f"{stem}.npz") as arrays:
            assert arrays.files == kept, stem
    clips = {row["name"] for row in table if row["kind"] == "clip"}
    assert clips == golden.read_clips(golden.SMALL, golden.SMALL.parent).keys()
    assert clips == {clip for kept in told.values() for name in kept for clip in golden.split_name(name)[0]}
    assert sum(path.stat().st_size for path in golden.SMALL.rglob("*") if path.is_file()) <= 4_000_000


def test_the_own_set_has_digital_silence():
    samples, _ = golden.read_clips(golden.SMALL, golden.SMALL.parent)["gap"]
    assert not samples[10000:18000].any() and samples[9990:10000].any()
    with np.load(golden.SMALL / "asvspoof2019_matlab__lfcc.npz") as arrays:
        (name,) = (name for name in arrays.files if name.startswith("gap"))
        _, part = golden.split_name(name)
        assert part.start * 160 < 10000 and part.stop * 160 > 18000
        assert (np.diff(arrays[name][:20]) == 0).all(axis=0).any()


def test_the_own_set_is_cut_from_the_large_one(data, tmp_path):
    """Bit for bit: each array is what the original program returned, or a stretch of it."""
    if not (data / "golden" / "manifest.csv").exists():
        pytest.skip(f"no golden arrays in {data}")
    cut_golden.cut(data / "golden", tmp_path)
    made, own = ({path.name: path for path in f.glob("*.npz")} for f in (tmp_path, golden.SMALL))
    assert made.keys() == own.keys()
    for name, path in own.items():
        with np.load(path) as ours, np.load(made[name]) as theirs:
            assert ours.files == theirs.files
            assert all(ours[k].dtype == theirs[k].dtype for k in ours.files), name
            assert all(ours[k].tobytes() == theirs[k].tobytes() for k in ours.files), name
    for name in ("inputs.csv", "provenance.csv"):
        assert (tmp_path / name).read_bytes() == (golden.SMALL / name).read_bytes()


@pytest.fixture
def small_folder(tmp_path):
    """A folder of one clip, a stereo file with a silenced stretch, and one golden array made of it."""
    noise = np.random.default_rng(5).integers(-9000, 9000, (9000, 2)).astype(np.int16)
    soundfile.write(tmp_path / "noise.wav", noise, 16000, subtype="PCM_16")
    folder = tmp_path / "golden"
    folder.mkdir()
    (folder / "inputs.csv").write_text(
        "clip,path,channel,start,stop,zero_from,zero_to,sr,sha256_pcm16\n"
        "a,noise.wav,1,1000,8000,200,300,16000,\n"
    )
    y = noise[1000:8000, 1].copy()
    y[200:300] = 0
    mel = vf.melspectrogram(y.astype(np.float32) / 32768, 16000)
    np.savez(folder / "librosa__melspectrogram.npz", a=mel)
    return folder


def test_any_folder_of_that_layout(small_folder):
    (verdict,) = golden.check_folder(small_folder)
    assert verdict.word == "ok"
    assert verdict.error == 0
    assert verdict.peak > 0


@pytest.mark.parametrize("spoil", ["value", "shape", "nan"])
def test_a_wrong_number_fails(small_folder, spoil):
    path = small_folder / "librosa__melspectrogram.npz"
    with np.load(path) as arrays:
        mel = arrays["a"].copy()
    if spoil == "value":
        mel[3, 2] += 1e-4 * mel.max()
    elif spoil == "nan":
        mel[3, 2] = np.nan
    np.savez(path, a=mel[:, 1:] if spoil == "shape" else mel)
    (verdict,) = golden.check_folder(small_folder)
    assert verdict.word == "FAILED"


def test_the_exit_status_says_it(small_folder, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["golden.py", str(small_folder), "--data", str(small_folder.parent)])
    assert golden.main() == 0
    assert "1 ok, 0 FAILED" in capsys.readouterr().out
    np.savez(small_folder / "librosa__mfcc.npz", a=np.zeros((20, 14), np.float32))
    assert golden.main() == 1
    printed = capsys.readouterr().out
    assert "librosa__mfcc " in printed
    assert "1 ok, 1 FAILED" in printed


def test_a_call_that_does_not_run_hides_no_other(small_folder):
    np.savez(small_folder / "librosa__delta.npz", nobody=np.zeros((20, 3), np.float32))
    words = {v.file: v.word for v in golden.check_folder(small_folder)}
    assert words == {"librosa__delta": "FAILED", "librosa__melspectrogram": "ok"}


def test_an_unknown_file_fails(small_folder):
    np.savez(small_folder / "nobody__nothing.npz", a=np.zeros(3))
    words = {v.file: v.word for v in golden.check_folder(small_folder)}
    assert words == {"librosa__melspectrogram": "ok", "nobody__nothing": "FAILED"}


def test_other_samples_are_noticed(small_folder):
    inputs = small_folder / "inputs.csv"
    inputs.write_text(inputs.read_text().rstrip("\n") + "0" * 64 + "\n")
    with pytest.raises(ValueError, match="differ from those"):
        golden.check_folder(small_folder)


def test_a_stretch_is_held_to_the_length_of_the_whole(small_folder):
    path = small_folder / "librosa__melspectrogram.npz"
    with np.load(path) as arrays:
        mel = arrays["a"].copy()
    np.savez(path, **{"a@1:3:9:14": mel[:, 3:9]})
    assert golden.check_folder(small_folder)[0].word == "ok"
    np.savez(path, **{"a@1:3:9:15": mel[:, 3:9]})
    assert golden.check_folder(small_folder)[0].word == "FAILED"
    np.savez(path, **{"a@1:3:9:14": mel[:, 2:8]})
    assert golden.check_folder(small_folder)[0].word == "FAILED"
