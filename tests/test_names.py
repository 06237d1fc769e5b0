"""Names in lists of others: endings, backslashes, Unicode forms, control characters; lists that are none."""

import os
import sys
import threading
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import soundfile

import voicefeat as vf
from voicefeat.cli import main
from voicefeat.corpus.inputs import find_sources, read_manifest, read_protocol, read_wav_scp
from voicefeat.protocols import read_protocol as read_key

m = vf.metrics

COMPOSED, APART = (unicodedata.normalize(form, "né/Jürgen.wav") for form in ("NFC", "NFD"))


def tone(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        soundfile.write(file, 0.5 * np.sin(np.arange(2000) / 5), 8000, format="WAV")
    return path


def written(file, *lines, **how):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), **{"encoding": "utf-8", **how})
    return file


def paths(found):
    return [source.path for source in found.sources]


def manifest(folder, *names):
    return read_manifest(written(folder / "list.csv", "path", *names), folder)


def protocol(folder, *utterances):
    lines = [f"s {utterance} - - bonafide" for utterance in utterances]
    return read_protocol(written(folder / "list.txt", *lines), folder)


def scp(folder, *names):
    lines = [f"{k} {name}" for k, name in enumerate(names)]
    return read_wav_scp(written(folder / "wav.scp", *lines), folder)


# --- one reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("listed", [manifest, scp])
@pytest.mark.parametrize(
    "there, name",
    [("sub/a.wav", "sub\\a.wav"), (COMPOSED, APART), (APART, COMPOSED), (APART, COMPOSED.replace("/", "\\"))],
)
def test_a_file_of_another_system_is_found(listed, there, name, tmp_path):
    file = tone(tmp_path / there)
    found = listed(tmp_path, name)
    assert paths(found) == [str(file)] and (found.missing, found.because) == (0, "")
    assert listed is scp or found.sources[0].id == name  # the list's own word for it


def test_scp_without_a_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tone(tmp_path / "sub" / APART)
    tone(tmp_path / "c d.wav")
    listed = [f"a {tmp_path}/sub/{COMPOSED}", f"b sub/{COMPOSED}", "c c d.wav ", "d sub\\e.wav"]
    found = read_wav_scp(written(tmp_path / "wav.scp", *listed))
    assert paths(found) == [f"{tmp_path}/sub/{APART}", f"sub/{APART}", "c d.wav", "sub\\e.wav"]
    assert found.missing == 1


@pytest.mark.parametrize("listed", [manifest, scp])
def test_a_name_that_is_there_is_that_file(listed, tmp_path):
    for name in (COMPOSED, APART, "sub\\a.wav", "sub/a.wav"):
        tone(tmp_path / name)
    names = [APART, COMPOSED, "sub\\a.wav", "sub/a.wav"]
    assert paths(listed(tmp_path, *names)) == [str(tmp_path / name) for name in names]


@pytest.mark.parametrize("listed", [manifest, scp])
def test_of_two_readings_none_is_taken(listed, tmp_path, capsys):
    """U+212B, a third way to write Å: both files may be meant, or one file by two names."""
    both = [unicodedata.normalize(form, "Å.wav") for form in ("NFC", "NFD")]
    for name in (*both, "a.wav"):
        tone(tmp_path / name)
    found = listed(tmp_path, "\u212b.wav", "a.wav")
    assert found.missing == 1
    assert found.because == "these differ only in Unicode form from files that are there"
    os.remove(tmp_path / both[0])
    found = listed(tmp_path, *both)  # each exactly, or the one that is lost
    assert found.missing == 1 and "these differ only in Unicode form" in found.because


def test_the_reason_stands_in_the_notice_and_in_the_error(tmp_path, capsys):
    tone(tmp_path / APART)
    tone(tmp_path / "b.wav")
    file = written(tmp_path / "list.csv", "path", COMPOSED, APART, "B.wav", "b.wav", "C\\d.wav", "e.wav")
    assert main(["extract", "--manifest", str(file), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "4 of 6 recordings are not there" in said
    for reason in ("differs only in Unicode form", "differs only in capitals", "has backslashes"):
        assert f"1 of these {reason}" in said
    with pytest.raises(vf.ParameterError, match=r"its recording is not .*these differ only in cap"):
        manifest(tmp_path, "B.WAV")
    with pytest.raises(vf.ParameterError, match="its recording is not below"):
        manifest(tmp_path / "sub", "..\\b.wav")  # no way out of the root


@pytest.mark.parametrize(
    "name", ["U.wav", "U.flac", "in/U", "in/U.wav", "in\\U.wav", "U"],
)  # fmt: skip
def test_a_protocol_with_endings_and_folders(name, tmp_path):
    file = tone(tmp_path / "in" / "U.wav")
    tone(tmp_path / "in" / "V.x.wav")
    found = protocol(tmp_path, name, "V.x")
    assert (paths(found), found.missing) == ([str(file), str(tmp_path / "in" / "V.x.wav")], 0)
    assert found.sources[0].id == name


def test_a_protocol_in_another_unicode_form(tmp_path):
    file = tone(tmp_path / "in" / Path(APART).name)
    stem = Path(COMPOSED).stem
    assert paths(protocol(tmp_path, stem)) == [str(file)]
    assert paths(protocol(tmp_path, f"{stem}.wav")) == [str(file)]
    found = protocol(tmp_path, stem, Path(APART).stem)
    assert found.missing == 1 and "one file would be both" in found.because


def test_two_files_for_an_utterance_with_an_ending(tmp_path):
    for name in ("x/U.wav", "y/U.wav", "y/V.flac", "y/V.wav"):
        tone(tmp_path / name)
    two = r"line 1: U\.wav has two files, '.*x/U\.wav' and '.*y/U\.wav'"
    with pytest.raises(vf.ParameterError, match=two):
        protocol(tmp_path, "U.wav")
    assert paths(protocol(tmp_path, "x/U", "V.wav")) == [str(tmp_path / n) for n in ("x/U.wav", "y/V.wav")]


def test_words_end_at_spaces_and_not_within_names(tmp_path):
    """A no-break space, an ideographic one and a line separator are letters of a name."""
    names = ["a\u00a0b", "a\u3000b", "a\u2028b", "a\x1cb"]
    for name in names:
        tone(tmp_path / f"{name}.wav")
    assert [source.id for source in protocol(tmp_path, *names).sources] == names
    listed = written(tmp_path / "wav.scp", *(f"{name} {name}.wav" for name in names))
    assert [source.id for source in read_wav_scp(listed, tmp_path).sources] == names
    key = read_key(written(tmp_path / "key.txt", *(f"s {name} - - bonafide" for name in names), newline="\n"))
    assert key.columns["utterance"] == names


# --- lists that are no text, or no list ---------------------------------------------------------------

READ = {
    "list.csv": lambda file: read_manifest(file),
    "list.tsv": lambda file: read_manifest(file),
    "list.jsonl": lambda file: read_manifest(file),
    "list.parquet": lambda file: read_manifest(file),
    "protocol.txt": lambda file: read_protocol(file, file.parent),
    "wav.scp": lambda file: read_wav_scp(file),
    "key.txt": read_key,
    "scores.txt": m.read_scores,
    "asv.txt": m.read_asv_scores,
    "front_end.toml": lambda file: vf.extract_corpus("examples/audio", "never", frontend=str(file)),
}


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are files elsewhere")
@pytest.mark.parametrize("name", READ)
def test_a_pipe_is_refused_and_not_waited_for(name, tmp_path):
    os.mkfifo(tmp_path / name)
    told = []

    def read():
        try:
            READ[name](tmp_path / name)
        except vf.ParameterError as error:
            told.append(str(error))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(60)
    assert told and "is a pipe or a device, no regular file" in told[0]


@pytest.mark.parametrize("name", [name for name in READ if name != "list.parquet"])
@pytest.mark.parametrize("form", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_list_in_utf_16_is_told_as_such(name, form, tmp_path):
    written(tmp_path / name, "path,label", "ä.wav,spoof", encoding=form)
    with pytest.raises(vf.ParameterError, match=f"is {form[:6].upper()}.*save it as UTF-8"):
        READ[name](tmp_path / name)


@pytest.mark.parametrize("name", ["segments", "utt2spk"])
def test_files_beside_an_scp(name, tmp_path):
    tone(tmp_path / "a.wav")
    written(tmp_path / "wav.scp", "a a.wav")
    written(tmp_path / name, "a a 0 1", encoding="utf-16")
    with pytest.raises(vf.ParameterError, match="is UTF-16"):
        read_wav_scp(tmp_path / "wav.scp", tmp_path)
    (tmp_path / name).write_text("")
    if name == "segments":
        with pytest.raises(vf.ParameterError, match=r"segments=.*lists no segment; write its segments, or "):
            read_wav_scp(tmp_path / "wav.scp", tmp_path)
    else:
        assert read_wav_scp(tmp_path / "wav.scp", tmp_path).sources[0].carried == (None,)


def test_json_of_many_brackets(tmp_path):
    tone(tmp_path / "a.wav")
    for text in ("[" * 100_000, '{"path": "a.wav", "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "9" * 5000):
        with pytest.raises(vf.ParameterError, match=r"line 1: is no JSON"):
            read_manifest(written(tmp_path / "list.jsonl", text))


@pytest.mark.skipif(sys.platform == "win32", reason="paths are shorter there")
def test_a_tree_of_1500_folders(tmp_path):
    here, deep = os.getcwd(), tmp_path / "in"
    try:
        for folder in [deep, *["d"] * 1500]:
            os.mkdir(folder)
            os.chdir(folder)
        tone(Path("a.wav"))
    finally:
        os.chdir(here)
    name = "d/" * 1500 + "a.wav"
    assert [source.id for source in find_sources([deep]).sources] == [name]
    assert [source.id for source in find_sources([deep / "**" / "*.wav"]).sources] == [name]


# --- the terminal -------------------------------------------------------------------------------------
