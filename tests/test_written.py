"""Files of shards while they are written: their digests, and errors of the disk."""

import errno
import hashlib
import json
import os

import numpy as np
import pytest
import soundfile

from voicefeat.corpus.formats import written
from voicefeat.corpus.formats.written import WrittenFile
from voicefeat.corpus.run.extract import extract_corpus


def test_the_digest_is_that_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(written, "FLUSHED", 1000)
    file = WrittenFile(tmp_path / "a")
    sizes = [file.write(part) for part in (b"one", np.arange(999.0).data, memoryview(b"three"))]
    assert sizes == [3, 999 * 8, 5] and file.tell() == sum(sizes)
    file.close()
    assert hashlib.sha256((tmp_path / "a").read_bytes()).hexdigest() == file.sha256


def test_a_file_that_is_there_is_not_written_to(tmp_path):
    (tmp_path / "a").write_text("of somebody")
    with pytest.raises(FileExistsError):
        WrittenFile(tmp_path / "a")


def test_an_error_of_the_disk_comes_when_it_is_closed(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(written, "FLUSHED", 10)
    file = WrittenFile(tmp_path / "a")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        file.write(bytes(11))
        with pytest.raises(OSError, match="No space left"):
            file.close()


@pytest.mark.parametrize("compress", [False, True])
def test_the_state_has_the_digest_of_each_shard(compress, tmp_path, monkeypatch):
    monkeypatch.setattr(written, "FLUSHED", 5000)
    soundfile.write(tmp_path / "a.wav", np.sin(np.arange(16000) / 9), 16000)
    extract_corpus(tmp_path / "a.wav", tmp_path / "out", "mfcc", format_options={"compress": compress})
    state = json.loads((tmp_path / "out" / "_state.json").read_text())
    (shard,) = (each for segment in state["segments"] for each in segment["shards"])
    assert shard[3] == hashlib.sha256((tmp_path / "out" / "part-00000.parquet").read_bytes()).hexdigest()
