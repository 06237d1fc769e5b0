"""A dataset read back: every row is what was stored, whatever way it is asked for."""

import hashlib
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

import voicefeat as vf
from voicefeat.corpus.dataset import batches
from voicefeat.corpus.inputs.sources import Listing, Source, find_sources
from voicefeat.corpus.run.extract import extract_corpus

parquet = pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

SETTINGS = {"n_fft": 256, "hop_length": 64, "n_mfcc": 13}
SECONDS = [0.3, 0.5, 0.4, 0.9, 0.2, 0.7, 0.6]


@pytest.fixture
def listing(tmp_path):
    """Seven noises, not in the order of their names, with a label each and a speaker of some."""
    sources = []
    for k, seconds in enumerate(SECONDS):
        name = f"{(5 * k) % 7}.wav"
        y = np.random.default_rng(k).uniform(-0.5, 0.5, int(seconds * 8000))
        soundfile.write(tmp_path / name, y, 8000)
        carried = ("spoof" if k % 3 else "bonafide", None if k == 2 else f"speaker {k % 2}", k)
        sources.append(Source(name, str(tmp_path / name), carried=carried))
    columns = (("label", "string"), ("speaker", "string"), ("take", "int64"))
    return Listing(sources, find_sources([tmp_path]).ignored, [], columns)


@pytest.fixture
def folder(listing, tmp_path, monkeypatch):
    """Its MFCC, a few rows a group and a few a shard."""
    monkeypatch.setattr("voicefeat.corpus.formats.parquet.GROUP", 4000)
    done = extract_corpus(listing, tmp_path / "out", "mfcc", settings=SETTINGS, shard_mb=0.006)
    assert len(done.shards) == 3
    return tmp_path / "out"


def mfcc(source):
    return vf.mfcc(soundfile.read(source.path, dtype="float32")[0], sr=8000, **SETTINGS)


def same(entry, source):
    np.testing.assert_array_equal(entry.values, mfcc(source))
    labels = dict(zip(("label", "speaker", "take"), source.carried, strict=True))
    seconds = soundfile.info(source.path).duration
    digest = hashlib.sha256(Path(source.path).read_bytes()).hexdigest()
    assert entry._replace(values=None) == (source.id, None, 0, 0.0, None, 8000, seconds, labels, digest)


def test_rows_by_number_are_those_that_direct_calls_give(folder, listing):
    dataset = vf.open_dataset(folder)
    assert len(dataset) == 7 and dataset.complete and dataset.feature == "mfcc"
    for k in (3, 0, 6, 2, 5, 1, 4):
        same(dataset[k], listing.sources[k])
        same(dataset[k - 7], listing.sources[k])
        same(dataset[np.int64(k)], listing.sources[k])
    assert [entry.id for entry in dataset[1:6:2]] == [listing.sources[k].id for k in (1, 3, 5)]
    assert dataset[5:2] == []
    for entry, source in zip(dataset, listing.sources, strict=True):
        same(entry, source)


def test_values_are_the_callers_own(folder):
    dataset = vf.open_dataset(folder)
    one, other = dataset[0], dataset[0]
    one.values[:] = 0
    assert other.values.any() and dataset[0].values.any() and one.values.base is None


def test_rows_by_id(folder, listing):
    dataset = vf.open_dataset(folder)
    assert dataset.ids == [source.id for source in listing.sources]
    for k, source in enumerate(listing.sources):
        assert dataset.find(source.id) == [k]
        [entry] = dataset[source.id]
        same(entry, source)
        same(dataset[source.id, 0], source)


def test_columns_are_those_of_the_recordings(folder, listing):
    dataset = vf.open_dataset(folder)
    assert dataset.carried == ["label", "speaker", "take"]
    assert dataset.column("label").tolist() == [s.carried[0] for s in listing.sources]
    assert dataset.column("speaker").tolist() == [s.carried[1] for s in listing.sources]
    assert dataset.column("take").dtype == np.int64 and dataset.column("take").tolist() == list(range(7))
    assert dataset.lengths.tolist() == [mfcc(source).shape[1] for source in listing.sources]
    with pytest.raises(vf.ParameterError, match=r"name='lable'.*did you mean 'label'"):
        dataset.column("lable")


def test_pandas_has_the_same(folder, listing):
    pandas = pytest.importorskip("pandas")
    frame = vf.open_dataset(folder).to_pandas()
    assert isinstance(frame, pandas.DataFrame) and frame["take"].tolist() == list(range(7))
    for values, source in zip(frame["values"], listing.sources, strict=True):
        np.testing.assert_array_equal(values, mfcc(source))
    frame = vf.open_dataset(folder).to_pandas(values=False)
    assert "values" not in frame and frame["id"].tolist() == [source.id for source in listing.sources]


def test_parts_and_channels_of_a_recording(tmp_path):
    y = np.random.default_rng(0).uniform(-0.5, 0.5, (25 * 8000, 2))
    soundfile.write(tmp_path / "b long.wav", y, 8000)
    soundfile.write(tmp_path / "a.wav", y[:8000, 0], 8000)
    paths = [tmp_path / "a.wav", tmp_path / "b long.wav"]
    extract_corpus(paths, tmp_path / "out", "rms", channels="each", part_seconds=10)
    dataset = vf.open_dataset(tmp_path / "out")
    rows = dataset["b long.wav"]
    assert [(row.part, row.channel, row.start) for row in rows] == [
        (p, c, 10.0 * p) for c in (0, 1) for p in (0, 1, 2)
    ]
    last = dataset["b long.wav", 2, 1]
    stored = y[20 * 8000 :, 1]
    read = soundfile.read(tmp_path / "b long.wav", dtype="float32")[0][20 * 8000 :, 1]
    assert last.duration == stored.size / 8000
    np.testing.assert_array_equal(last.values, vf.rms(read))
    assert dataset["a.wav", 0].values.shape == (1, 16)
    with pytest.raises(IndexError, match="several rows match; give one of the parts and channels 0 0,"):
        dataset["b long.wav", 2]
    with pytest.raises(IndexError, match=r"dataset\['b long.wav', 3, 0\]: no row matches"):
        dataset["b long.wav", 3, 0]


def test_it_goes_to_other_processes_and_threads(folder, listing):
    dataset = vf.open_dataset(folder)
    dataset.find("0.wav")
    copy = pickle.loads(pickle.dumps(dataset))
    assert len(copy) == 7 and copy.carried == dataset.carried
    for each in (dataset, copy):
        with ThreadPoolExecutor(4) as pool:
            found = pool.map(each.__getitem__, list(range(7)) * 5)
            for entry, source in zip(found, listing.sources * 5, strict=True):
                same(entry, source)


def test_few_shards_are_open_at_once(folder, monkeypatch):
    monkeypatch.setattr("voicefeat.corpus.dataset.store.OPEN", 2)
    dataset = vf.open_dataset(folder)
    assert [entry.id for entry in dataset] == dataset.ids
    assert len(dataset._store._open) == 2


def test_reading_a_row_decodes_its_group_alone(folder, monkeypatch):
    read = []
    true = parquet.ParquetFile.read_row_group
    whole = parquet.ParquetFile.read

    def checksums(self, columns=None, **how):
        return whole(self, columns, **how) if columns == ["crc32"] else pytest.fail("all was read")

    monkeypatch.setattr(parquet.ParquetFile, "read", checksums)
    monkeypatch.setattr(
        parquet.ParquetFile, "read_row_group", lambda self, k, **how: read.append(k) or true(self, k, **how)
    )
    dataset = vf.open_dataset(folder)
    assert read == [] and dataset[5].values.any() and len(read) == 1
    sizes = [parquet.ParquetFile(shard).metadata.num_row_groups for shard in dataset.shards]
    assert max(sizes) > 1


# --- in which order -----------------------------------------------------------------------------------


def test_shuffling_is_a_permutation_that_a_seed_repeats(folder):
    dataset = vf.open_dataset(folder)
    one, again, other = ([e.id for e in dataset.shuffled(seed)] for seed in (1, 1, 2))
    assert one == again != other and sorted(one) == sorted(other) == sorted(dataset.ids)
    chosen = np.flatnonzero(dataset.column("label") == "bonafide")
    assert sorted(e.labels["take"] for e in dataset.shuffled(0, chosen)) == [0, 3, 6]
    with pytest.raises(vf.ParameterError, match=r"seed=-1"):
        dataset.shuffled(-1)


def test_batches_hold_every_row_once_padded_with_zeros(folder):
    dataset = vf.open_dataset(folder)
    seen = []
    for batch in dataset.batches(3, seed=0):
        assert batch.values.shape == (len(batch.ids), 13, batch.lengths.max())
        assert batch.values.dtype == np.float32
        for values, length, id, take in zip(
            batch.values, batch.lengths, batch.ids, batch.labels["take"], strict=True
        ):
            [entry] = dataset[id]
            np.testing.assert_array_equal(values[:, :length], entry.values)
            assert not values[:, length:].any() and take == entry.labels["take"]
            seen.append(id)
    assert sorted(seen) == sorted(dataset.ids)
    lists = next(dataset.batches(3, pad=False))
    assert [matrix.shape[1] for matrix in lists.values] == lists.lengths.tolist() and len(lists.values) == 3


def test_rows_of_a_batch_are_of_similar_length():
    lengths = np.random.default_rng(0).integers(50, 1000, 3200)
    rows = np.arange(lengths.size)

    def padded(**how):
        made = list(batches.Sampler(lengths, rows, 16, seed=0, **how))
        assert sorted(k for batch in made for k in batch) == rows.tolist() and len(made) == 200
        return sum(16 * lengths[batch].max() for batch in made) / lengths.sum() - 1

    assert padded() < 0.03 and padded(bucket=False) > 0.5


def test_epochs_differ_and_repeat_with_their_seed():
    lengths, rows = np.arange(100), np.arange(100)
    one, other = (batches.Sampler(lengths, rows, 8, seed=3) for _ in range(2))
    first, second = list(one), list(one)
    assert first != second and [first, second] == [list(other), list(other)]
    other.epoch = 1
    assert list(other) == second
    assert len(one) == len(first) == 13 and sum(map(len, first)) == 100
    short = batches.Sampler(lengths, rows, 8, seed=3, drop_last=True)
    assert len(short) == len(list(short)) == 12 and {len(batch) for batch in short} == {8}


@pytest.mark.processes
def test_pytorch_loads_it(folder, listing):
    torch_data = pytest.importorskip("torch.utils.data")
    dataset = vf.open_dataset(folder)
    dataset[0]  # open in this process, before others are forked from it
    sampler = dataset.sampler(3, seed=0)
    loader = torch_data.DataLoader(dataset, batch_sampler=sampler, collate_fn=batches.collate, num_workers=2)
    by_id = {source.id: source for source in listing.sources}
    for _ in range(2):
        seen = []
        for batch in loader:
            for values, length, id in zip(batch.values, batch.lengths, batch.ids, strict=True):
                np.testing.assert_array_equal(values[:, :length], mfcc(by_id[id]))
                seen.append(id)
        assert sorted(seen) == sorted(by_id)


def test_others_read_the_same_files(folder, listing):
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    ids = [source.id for source in listing.sources]
    frame = polars.read_parquet(folder / "*.parquet")
    assert frame["id"].to_list() == ids
    wanted = f"from '{folder}/*.parquet' where label = 'bonafide'"
    told = duckdb.sql(f"select id, n_rows, n_frames, values {wanted}")
    for id, rows, frames, values in told.fetchall():
        source = listing.sources[ids.index(id)]
        np.testing.assert_array_equal(np.array(values, np.float32).reshape(rows, frames), mfcc(source))
    [k] = np.flatnonzero(frame["id"] == "3.wav")
    row = frame.row(int(k), named=True)
    got = np.array(row["values"], np.float32).reshape(row["n_rows"], row["n_frames"])
    np.testing.assert_array_equal(got, mfcc(listing.sources[k]))


def test_the_schema_is_told_with_the_dataset(folder):
    dataset = vf.open_dataset(folder)
    told = json.loads(parquet.read_schema(Path(folder) / "part-00000.parquet").metadata[b"voicefeat"])
    assert dataset.about == told and dataset.row_names == [f"mfcc_{k}" for k in range(13)]
    assert dataset.front_end is None
    assert repr(dataset) == f"<Dataset {folder}: 7 rows of mfcc, 13 values per frame>"
