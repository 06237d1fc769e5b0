"""vf.features: features of recordings in memory, equal to those of a dataset and of the front end itself."""

import os
import shutil
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
from corpora import contents, noises
from test_corpus_callables import Halves, Returning

import voicefeat as vf
from voicefeat.corpus import FeatureList, collate, inputs
from voicefeat.corpus.dataset import features as module
from voicefeat.corpus.output.lock import held
from voicefeat.corpus.run import memory
from voicefeat.corpus.run.job import CorpusJob
from voicefeat.corpus.run.listed import listed
from voicefeat.corpus.run.task import make_tasks
from voicefeat.errors import NotInDatasetError

parquet = pytest.mark.skipif("not __import__('importlib').util.find_spec('pyarrow')", reason="needs pyarrow")

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "audio"
FRONT = "asvspoof2019-lfcc"


@pytest.fixture
def corpus(tmp_path):
    """Twelve noises of about half a second; one of them is not audio."""
    return noises(tmp_path / "in", 12, 12, 8000, 100)


@pytest.fixture
def good(corpus):
    (corpus / "007.wav").unlink()
    return corpus


def bits(rows):
    return [(row.id, row.part, row.channel, row.values.shape, row.values.tobytes()) for row in rows]


# --- what is returned ---------------------------------------------------------------------------------


def test_the_bits_are_those_of_the_front_end(tmp_path):
    fe = vf.frontend(FRONT)
    made = vf.features(EXAMPLES, fe, sr=16000)
    assert isinstance(made, FeatureList) and len(made) == 8 and made.failures == ()
    for row in made:
        y, sr = vf.load(EXAMPLES / row.id, sr=16000)
        due = fe(y, sr)
        assert row.values.dtype == due.dtype == np.float32 and row.values.tobytes() == due.tobytes()
        assert (row.sr, row.duration, len(row.sha256)) == (16000, y.size / 16000, 64)
    assert (made.row_names, made.digest, made.feature) == (fe.rows, fe.digest, "lfcc")
    assert made.ignored == {".md": 1, ".py": 1} and made.links == ()


@parquet
@pytest.mark.parametrize(
    "how",
    [
        {"frontend": FRONT, "sr": 16000},
        {"frontend": "kaldi-fbank-80", "sr": 16000, "summary": ["mean", "q0.9"], "windows": 1.0},
        {"feature": "mfcc", "settings": {"n_mfcc": 5}, "dtype": "float64"},
        {"feature": "spectral_centroid", "dtype": "float16", "summary": ["max"]},
        {"frontend": Halves(), "channels": "each"},
        {},
    ],
    ids=["frontend", "windows", "float64", "float16", "callable", "default"],
)
def test_the_bits_are_those_of_a_dataset(tmp_path, how):
    made = vf.features(EXAMPLES, **how)
    vf.extract_corpus(EXAMPLES, tmp_path / "out", **how)
    dataset = vf.open_dataset(tmp_path / "out")
    assert bits(made) == bits(dataset) and len(made) > 0
    assert {**made.about, "values": 0} == {**dataset.about, "values": 0}
    for name in ("id", "sr", "duration", "sha256"):
        assert made.column(name).tolist() == dataset.column(name).tolist()


@parquet
def test_parts_and_channels_have_rows_of_their_own(tmp_path):
    y = np.random.default_rng(0).uniform(-0.5, 0.5, (8000 * 25, 2))
    soundfile.write(tmp_path / "long.wav", y, 8000)
    how = {"feature": "rms", "channels": "each", "part_seconds": 10.0}
    made = vf.features(tmp_path, **how)
    vf.extract_corpus(tmp_path, tmp_path / "out", **how)
    assert bits(made) == bits(vf.open_dataset(tmp_path / "out"))
    assert [(row.part, row.channel) for row in made["long.wav"]] == [(k % 3, k // 3) for k in range(6)]


def test_rows_have_the_order_of_the_paths_and_ids_find_them():
    files = sorted(EXAMPLES.glob("e*"))
    given = [files[2], files[0], EXAMPLES / "sv_sno.flac", files[1]]
    made = vf.features(given, FRONT, sr=16000)
    assert made.ids == [path.name for path in given]
    assert made[1].id == made[-3].id == made[files[0].name][0].id == made[1:2][0].id
    assert bits(made)[1] == bits(vf.features(files[0], FRONT, sr=16000))[0]
    assert vf.features(iter(given), FRONT, sr=16000).ids == made.ids
    with pytest.raises(IndexError, match="there are 4 rows"):
        made[4]
    with pytest.raises(vf.ParameterError, match=r"did you mean|nearest|en_gb"):
        made["en_gb_kettle.fla"]


def test_folders_and_patterns_are_sorted_within():
    found = listed([EXAMPLES / "sv_sno.flac", str(EXAMPLES / "e*"), str(EXAMPLES / "d*")], as_given=True)
    ids = [source.id for source in found.sources]
    assert ids == ["sv_sno.flac", *sorted(p.name for p in EXAMPLES.glob("e*")), "de_fenster.flac"]
    assert sorted(ids) == [s.id for s in listed([EXAMPLES / i for i in ids]).sources]


@pytest.mark.parametrize("cached", [False, pytest.param(True, marks=parquet)])
def test_labels_of_a_listing(tmp_path, cached):
    found = inputs.read_manifest(EXAMPLES.parent / "list.csv")
    more = {"cache": tmp_path / "cache"} if cached else {}
    made = vf.features(found, FRONT, sr=16000, **more)
    assert made.ids == ["kettle", "kettle-begin", "snow"]
    assert made.column("label").tolist() == ["synthetic"] * 3 and made.carried == ["label", "take"]
    assert made.column("take").tolist() == [1, 1, 2] and made[2].start == 0.5
    y, _ = vf.load(EXAMPLES / "sv_sno.flac", sr=16000, offset=0.5, duration=1.0)
    assert made[2].values.tobytes() == vf.frontend(FRONT)(y, 16000).tobytes()
    with pytest.raises(vf.ParameterError, match="name='speaker'"):
        made.column("speaker")


def test_stacked():
    made = vf.features(EXAMPLES, "aasist-waveform", sr=16000)
    assert made.stacked().shape == (8, 1, 64600)
    np.testing.assert_array_equal(made.stacked()[3], made[3].values)
    varied = vf.features(EXAMPLES, FRONT, sr=16000)
    with pytest.raises(vf.ParameterError, match=r"the rows have 210 to 316 frames.*collate"):
        varied.stacked()
    assert collate(varied[:3]).values.shape == (3, 60, varied.lengths[:3].max())
    with pytest.raises(vf.ParameterError, match="there are no rows"):
        FeatureList([], varied.about).stacked()


@pytest.mark.processes
def test_workers_and_processes_change_nothing(good):
    made = bits(vf.features(good, FRONT, workers=1))
    assert bits(vf.features(good, FRONT, workers=3)) == made
    with ProcessPoolExecutor(2) as pool:
        assert bits(vf.features(good, FRONT, executor=pool, workers=2)) == made
        assert bits(vf.features(good, Halves(), executor=pool, workers=2)) == bits(
            vf.features(good, Halves())
        )


# --- what fails ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cached", [False, pytest.param(True, marks=parquet)])
def test_what_failed_is_told(corpus, tmp_path, cached):
    more = {"cache": tmp_path / "cache"} if cached else {}
    with pytest.raises(
        vf.ParameterError, match=r"1 failure in 12 recordings: .*007.wav .decode: .*strict=Fal"
    ):
        vf.features(corpus, FRONT, **more)
    with pytest.warns(UserWarning, match=r"left out: 1 failure in 12 recordings: .*007.wav"):
        made = vf.features(corpus, FRONT, strict=False, **more)
    assert len(made) == 11 and "007.wav" not in made.ids and "1 failed" in repr(made)
    assert [(f.id, f.stage, f.path) for f in made.failures] == [
        ("007.wav", "decode", str(corpus / "007.wav"))
    ]
    soundfile.write(corpus / "007.wav", np.sin(np.arange(9000.0)), 16000)
    assert len(vf.features(corpus, FRONT, **more)) == 12


@pytest.mark.parametrize("cached", [False, pytest.param(True, marks=parquet)])
def test_all_failed(tmp_path, cached):
    more = {"cache": tmp_path / "cache"} if cached else {}
    for k in range(5):
        soundfile.write(tmp_path / f"{k}.wav", np.zeros(8000), 8000)
    files = sorted(tmp_path.glob("*.wav"))
    with pytest.raises(vf.ParameterError, match=r"5 failures .*; and 2 more; resample: give sr=16000, or"):
        vf.features(files, FRONT, **more)
    with pytest.warns(UserWarning, match="5 failures"):
        made = vf.features(files, FRONT, strict=False, **more)
    assert len(made) == 0 and made.carried == [] and len(made.failures) == 5


def test_missing_files_of_a_list_are_told_before_work(tmp_path, monkeypatch):
    (tmp_path / "list.csv").write_text(f"path\n{EXAMPLES / 'sv_sno.flac'}\n{tmp_path / 'gone.wav'}\n")
    found = inputs.read_manifest(tmp_path / "list.csv")
    with pytest.warns(UserWarning, match="gone.wav"):
        assert len(vf.features(found, FRONT, sr=16000, strict=False)) == 1
    monkeypatch.setattr(CorpusJob, "__call__", None)
    with pytest.raises(vf.ParameterError, match="1 of 2 recordings are missing"):
        vf.features(found, FRONT, sr=16000)


def test_warnings_are_told_once(tmp_path):
    for k in range(3):
        soundfile.write(tmp_path / f"{k}.wav", np.ones(200) / 2, 16000)
    with pytest.warns(UserWarning, match=r"3 recordings have a warning, the first 0.wav: ") as told:
        vf.features(tmp_path, feature="mfcc")
    assert len(told) == 1


def test_rows_that_are_not_there(good):
    made = vf.features(good, FRONT)
    assert made.ids[0] in made and "nowhere" not in made and made[0] in made and None not in made
    with pytest.raises(NotInDatasetError, match=r"features\['0.wav'\].*features.failures the recordings"):
        made["0.wav"]
    with pytest.raises(NotInDatasetError, match=rf"features\[99\]: there are {len(made)} rows"):
        made[99]
    empty = FeatureList([], made.about)
    with pytest.raises(NotInDatasetError, match=r"features\[0\]: there are no rows"):
        empty[0]
    with pytest.raises(vf.ParameterError, match="stacked: there are no rows; failures says why"):
        empty.stacked()


def test_a_callable_that_changes_stops_it(good):
    given = Returning(lambda y: np.zeros((2 + (y.size > 8500), 3), np.float32))
    with pytest.raises(
        vf.ParameterError, match=r"006.wav: frontend='returning': returned 3 rows, and declares 2"
    ):
        vf.features(good, given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"paths": np.zeros((3, 100))}, "is not a recording; give files; of samples"),
        ({"paths": [np.zeros(100)]}, "is not a recording; give files; of samples"),
        ({"paths": np.array(3.0)}, "is not a recording; give files; of samples"),
        ({"strict": np.ones(2)}, "must be True or False"),
        ({"summary": np.array(3.0)}, "must be a sequence of names"),
        ({"paths": "nowhere"}, "there is no such file"),
        ({"paths": []}, "hold no recordings"),
        ({"paths": 3}, "path"),
        ({"paths": b"nowhere"}, "paths=b'nowhere': is bytes; give a text"),
        ({"frontend": 3}, "neither a name nor a FrontEnd, and cannot be called"),
        ({"frontend": [FRONT]}, "is a list; give one, and call this for each"),
        ({"frontend": "lfc"}, "lfc"),
        ({"feature": "mfcc"}, "exclude each other"),
        ({"feature": ["mfcc", "rms"], "frontend": None}, "is a list; give one, and call this for each"),
        ({"max_memory_mb": 0}, "max_memory_mb=0: must be"),
        ({"max_memory_mb": "1"}, "max_memory_mb='1': must be"),
        ({"cache": 3}, "cache=3: must be a path"),
        ({"cache": ""}, "cache='': is empty; give a folder, or None"),
        ({"cache": __file__}, "cache=.*is no folder; give a folder, which need not exist"),
        ({"cache": f"{__file__}/kept"}, "cache=.*test_corpus_features.py' is no folder"),
        ({"workers": 0}, "workers=0"),
        ({"executor": ProcessPoolExecutor}, "is not an executor"),
        ({"windows": 1.0}, "windows need statistics"),
        ({"sr": 8000}, "defined at 16000 Hz"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_bad_arguments(tmp_path, given, words, monkeypatch):
    monkeypatch.setattr(CorpusJob, "__call__", None)  # before any recording is analysed
    with pytest.raises(vf.ParameterError, match=words):
        vf.features(**{"paths": EXAMPLES, "frontend": FRONT, **given})


# --- memory -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {"frontend": FRONT, "sr": 16000},
        {"feature": "mfcc"},
        {"feature": "melspectrogram", "dtype": "float64", "sr": 8000},
        {"frontend": "aasist-waveform", "sr": 16000},
        {"feature": "mfcc", "summary": ("mean",)},
        {"feature": "mfcc", "summary": ("mean", "std"), "windows": 0.2},
    ],
)
def test_the_estimate_is_near(how):
    tasks = make_tasks(how.get("feature"), how.get("frontend"), how.get("sr"), None)
    more = {name: value for name, value in how.items() if name not in ("feature", "frontend", "sr")}
    job = CorpusJob(tasks, how.get("sr"), **more)
    needed = memory.estimated_bytes(job, listed(EXAMPLES).sources, 1)
    taken = sum(values.nbytes for values in vf.features(EXAMPLES, **how).values)
    assert needed == pytest.approx(taken, rel=0.1)


def test_of_many_recordings_a_part_is_opened(good, monkeypatch):
    job = CorpusJob(make_tasks("mfcc", None, None, None), None)
    sources = listed(good).sources
    whole = memory.estimated_bytes(job, sources, 1)
    monkeypatch.setattr(memory, "LOOKED_AT", 5)
    opened, duration = [], memory._duration
    monkeypatch.setattr(memory, "_duration", lambda source: opened.append(source) or duration(source))
    assert memory.estimated_bytes(job, sources, 1) == pytest.approx(whole, rel=0.1)
    assert len(opened) == 5


@pytest.mark.parametrize("cached", [False, True])
def test_more_than_fits_is_refused_before_work(tmp_path, monkeypatch, cached):
    more = {"cache": tmp_path / "cache"} if cached else {}
    monkeypatch.setattr(CorpusJob, "__call__", None)
    with pytest.raises(
        vf.ParameterError, match=r"8 recordings take about 0.5 MB, and max_memory_mb=0.1; .*dataset"
    ):
        vf.features(EXAMPLES, FRONT, sr=16000, max_memory_mb=0.1, **more)
    monkeypatch.setattr(module, "free_bytes", lambda: 100_000)
    with pytest.raises(vf.ParameterError, match=r"and 0.1 MB are free; extract them to a dataset"):
        vf.features(EXAMPLES, FRONT, sr=16000, **more)
    assert not (tmp_path / "cache").exists()


def test_more_than_was_estimated_is_refused_when_it_comes(monkeypatch):
    monkeypatch.setattr(module, "estimated_bytes", lambda *given: 0)
    with pytest.raises(vf.ParameterError, match=r"max_memory_mb=0.2"):
        vf.features(EXAMPLES, FRONT, sr=16000, max_memory_mb=0.2)


def test_free_memory_is_that_of_the_group_where_it_is_less(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "MACHINE", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "GROUP", tmp_path)
    assert memory.free_bytes() == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    (tmp_path / "meminfo").write_text("MemTotal:  9 kB\nMemAvailable:    8000 kB\n")
    assert memory.free_bytes() == 8000 << 10
    (tmp_path / "memory.current").write_text("7000\n")
    (tmp_path / "memory.stat").write_text("anon 5000\ninactive_file 2000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free_bytes() == 8000 << 10
    (tmp_path / "memory.max").write_text("9000\n")
    assert memory.free_bytes() == 4000


# --- the cache ----------------------------------------------------------------------------------------


@parquet
class TestCache:
    def test_it_is_a_dataset_that_is_read_again(self, good, tmp_path, monkeypatch):
        files = sorted(good.iterdir())[::-1]
        made = vf.features(files, FRONT, cache=tmp_path / "cache")
        assert bits(made) == bits(vf.features(files, FRONT)) and made.ids[0] == "011.wav"
        [folder] = (tmp_path / "cache").iterdir()
        assert folder.name.startswith(f"{FRONT}-")
        vf.extract_corpus(files, tmp_path / "out", frontend=FRONT)
        names = ("part-00000.parquet", "_state.json", "_recordings.bin")
        for name in names:
            assert (folder / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
        before = contents(folder)
        monkeypatch.setattr(CorpusJob, "__call__", None)
        assert bits(vf.features(files, FRONT, cache=tmp_path / "cache")) == bits(made)
        assert contents(folder) == before

    def test_another_list_front_end_or_setting_has_a_folder_of_its_own(self, good, tmp_path):
        files, cache = sorted(good.iterdir()), tmp_path / "cache"
        fe = vf.frontend(FRONT)
        calls = [
            (files, fe, {}),
            (files[1:], fe, {}),
            (files, fe.replace(n_filters=30), {}),
            (files, fe, {"sr": 16000}),
            (files, fe, {"dtype": "float64"}),
            (files, fe, {"summary": ["mean"]}),
            (files, Halves(), {}),
            (files, Halves(version="2"), {}),
        ]
        for count, (paths, front, more) in enumerate(calls, 1):
            assert bits(vf.features(paths, front, cache=cache, **more)) == bits(
                vf.features(paths, front, **more)
            )
            assert len(list(cache.iterdir())) == count
        vf.features(files[::-1], fe, cache=cache)  # the same list in another order
        assert len(list(cache.iterdir())) == count

    def test_changed_recordings_and_damaged_shards_are_made_again(self, good, tmp_path):
        cache = tmp_path / "cache"
        before = vf.features(good, FRONT, cache=cache)
        soundfile.write(good / "003.wav", np.sin(np.arange(9000.0)), 16000)
        after = vf.features(good, FRONT, cache=cache)
        assert bits(after) == bits(vf.features(good, FRONT)) != bits(before)
        [shard] = cache.rglob("*.parquet")
        whole = shard.read_bytes()
        shard.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
        assert bits(vf.features(good, FRONT, cache=cache)) == bits(after)
        assert shard.read_bytes() == whole

    @pytest.mark.parametrize("text", [None, "", "{", '{"asked": null, "segments": []}'])
    def test_a_dataset_without_its_state_is_told(self, good, tmp_path, text):
        cache = tmp_path / "cache"
        due = bits(vf.features(good, FRONT, cache=cache))
        [state] = cache.rglob("_state.json")
        state.unlink() if text is None else state.write_text(text)
        with pytest.raises(vf.ParameterError, match=r"^cache=.*; remove that folder; the features are then"):
            vf.features(good, FRONT, cache=cache)
        shutil.rmtree(state.parent)
        assert bits(vf.features(good, FRONT, cache=cache)) == due

    def test_what_was_cached_must_fit_as_well(self, tmp_path):
        vf.features(EXAMPLES, FRONT, sr=16000, cache=tmp_path / "cache")
        with pytest.raises(vf.ParameterError, match=r"max_memory_mb=0.1"):
            vf.features(EXAMPLES, FRONT, sr=16000, cache=tmp_path / "cache", max_memory_mb=0.1)

    def test_another_run_that_makes_the_same_is_waited_for(self, good, tmp_path, monkeypatch):
        cache, tried, made = tmp_path / "cache", threading.Event(), []
        due = bits(vf.features(good, FRONT, cache=cache))
        [folder] = cache.iterdir()
        monkeypatch.setattr(module.time, "sleep", lambda seconds: tried.set())
        second = threading.Thread(target=lambda: made.extend(vf.features(good, FRONT, cache=cache)))
        with held(folder):
            second.start()
            tried.wait()
            assert not made
        second.join()
        assert bits(made) == due
