"""Golden arrays made by the published code of others, where a folder of them is present."""

from pathlib import Path

import golden
import numpy as np
import pytest
import soundfile

import voicefeat as vf

ENTRIES, REASONS = golden.read_map()


@pytest.fixture(scope="module")
def folder(data):
    """The folder of golden arrays."""
    path = Path(data) / "golden"
    if not path.is_dir():
        pytest.skip(f"no golden arrays at {path}")
    return path


@pytest.fixture(scope="module")
def clips(folder):
    return golden.read_clips(folder, folder.parent)


@pytest.mark.parametrize("name", ENTRIES)
def test_file(name, folder, clips):
    path = folder / f"{name}.npz"
    assert path.exists(), f"golden.toml maps {name}, which is not in {folder}"
    verdict = golden.check_file(path, ENTRIES[name], clips)
    assert not verdict.problems, verdict


def test_every_file_is_mapped_or_listed(folder):
    for path in folder.glob("*.npz"):
        mapped, listed = path.stem in ENTRIES, bool(golden.why_not(path.stem, REASONS))
        assert mapped or listed, f"{path.name} is neither mapped nor listed in golden.toml"
        assert not (mapped and listed), f"{path.name} is both mapped and listed in golden.toml"


def test_no_reason_is_stale(folder):
    stems = [path.stem for path in folder.glob("*.npz")]
    for pattern in REASONS:
        assert any(golden.why_not(stem, {pattern: "here"}) for stem in stems), f"{pattern} matches no file"


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
