"""Opening a dataset: what is refused, what is remarked, and what a wrong index says."""

import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from corpora import LIBRARIES, READABLE

import voicefeat as vf
from voicefeat.corpus.dataset.rebuild import rebuild_job, restored
from voicefeat.corpus.run.extract import extract_corpus
from voicefeat.corpus.run.settings import as_json, complete
from voicefeat.feature.registry import FEATURES, find

pytest.importorskip("pyarrow.parquet", reason='needs pip install ".[corpus]"')

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "audio"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The published LFCC of eight recordings; not to be changed."""
    out = tmp_path_factory.mktemp("opening") / "lfcc"
    extract_corpus(EXAMPLES, out, frontend="asvspoof2019-lfcc", sr=16000)
    return out


@pytest.fixture
def copied(folder, tmp_path):
    """The same, to be changed."""
    return Path(shutil.copytree(folder, tmp_path / "lfcc"))


def changed(folder, **told):
    file = folder / "_state.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **told}))


# --- every format -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [True, False])
@pytest.mark.parametrize("form", READABLE)
def test_every_format_gives_the_same_rows(form, state, folder, tmp_path):
    pytest.importorskip(LIBRARIES[form])
    how = {"frontend": "asvspoof2019-lfcc", "sr": 16000, "shard_mb": 0.2}
    extract_corpus(EXAMPLES, tmp_path / "out", format=form, **how)
    if not state:
        (tmp_path / "out" / "_state.json").unlink()
    dataset, same = vf.open_dataset(tmp_path / "out"), vf.open_dataset(folder)
    assert len(dataset.shards) > 1 and dataset.ids == same.ids and dataset.front_end == same.front_end
    for one, other in zip(dataset, same, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        assert one.values.dtype == other.values.dtype and one._replace(values=0) == other._replace(values=0)
    k = same.ids.index(same[5].id)
    np.testing.assert_array_equal(dataset[same[5].id, 0].values, same[k].values)


@pytest.mark.parametrize("form", READABLE)
def test_every_format_carries_labels_that_some_lack(form, tmp_path):
    from voicefeat.corpus.inputs.sources import Listing, Source, find_sources

    pytest.importorskip(LIBRARIES[form])
    found = find_sources([EXAMPLES])
    carried = [("spoof", 1, 0.5), (None, None, None), ("bona fide", -3, 2.0)]
    sources = [Source(s.id, s.path, carried=c) for s, c in zip(found.sources, carried, strict=False)]
    kinds = (("label", "string"), ("take", "int64"), ("score", "float64"))
    extract_corpus(Listing(sources, found.ignored, [], kinds), tmp_path / "out", "rms", format=form)
    dataset = vf.open_dataset(tmp_path / "out")
    assert sorted(dataset.carried) == ["label", "score", "take"]
    assert [tuple(e.labels[n] for n, _ in kinds) for e in dataset] == carried
    assert dataset.column("take").tolist() == [1, None, -3]


def test_compressed_archives_are_unpacked(tmp_path):
    kaldiio = pytest.importorskip("kaldiio")
    how = {"format": "kaldi", "format_options": {"compress": True}}
    extract_corpus(EXAMPLES, tmp_path / "out", "mfcc", sr=16000, **how)
    dataset = vf.open_dataset(tmp_path / "out")
    ark = tmp_path / "out" / "part-00000" / "feats.ark"
    for (key, matrix), entry in zip(kaldiio.load_ark(str(ark)), dataset, strict=True):
        assert key == entry.id
        np.testing.assert_array_equal(entry.values, matrix.T)


def test_a_format_that_is_not_opened_says_what_opens_it(tmp_path):
    extract_corpus(EXAMPLES, tmp_path / "out", "mfcc", sr=16000, format="csv", summary=["mean"])
    with pytest.raises(vf.ParameterError, match=r"'csv'.*pandas\.read_csv\('.*part-00000/table\.csv'\)"):
        vf.open_dataset(tmp_path / "out")


# --- what is refused ----------------------------------------------------------------------------------


def test_what_is_no_dataset(tmp_path):
    with pytest.raises(vf.ParameterError, match="there is no such folder; give the folder that"):
        vf.open_dataset(tmp_path / "nowhere")
    with pytest.raises(vf.ParameterError, match="is not a dataset, it is empty"):
        vf.open_dataset(tmp_path)
    (tmp_path / "notes.txt").touch()
    with pytest.raises(vf.ParameterError, match=r"is not a dataset, it holds 'notes\.txt'; give"):
        vf.open_dataset(tmp_path)


def test_a_dataset_without_rows(tmp_path):
    (tmp_path / "bad.wav").write_text("no audio")
    extract_corpus(tmp_path / "bad.wav", tmp_path / "out", "mfcc")
    with pytest.raises(
        vf.ParameterError, match=r"no recording could be used \(_failures\.csv has the reasons\)"
    ):
        vf.open_dataset(tmp_path / "out")
    changed(tmp_path / "out", complete=False)
    with pytest.raises(vf.ParameterError, match="its run was stopped before the first row"):
        vf.open_dataset(tmp_path / "out")


def test_a_shard_that_is_damaged(copied):
    (copied / "part-00000.parquet").write_bytes(b"PAR1 and so on")
    with pytest.raises(vf.ParameterError, match=r"part-00000\.parquet: has 14 of its [\d,]+ bytes; copy it"):
        vf.open_dataset(copied)
    (copied / "_state.json").unlink()
    with pytest.raises(vf.ParameterError, match=r"part-00000\.parquet: is not a shard of a dataset"):
        vf.open_dataset(copied)


def test_several_datasets_of_one_run(tmp_path):
    extract_corpus(EXAMPLES, tmp_path / "out", ["mfcc", "rms"], sr=16000)
    with pytest.raises(vf.ParameterError, match=r"holds 2 datasets of one run, mfcc, rms; open .* '.*mfcc'"):
        vf.open_dataset(tmp_path / "out")
    assert vf.open_dataset(tmp_path / "out" / "rms").row_names == ["rms_0"]
    changed(tmp_path / "out", complete=False)
    with pytest.warns(UserWarning, match="is not complete"):
        assert not vf.open_dataset(tmp_path / "out" / "mfcc").complete


def test_a_wrong_number_or_id_says_what_there_is(folder):
    dataset = vf.open_dataset(folder)
    for k in (8, -9):
        with pytest.raises(IndexError, match=rf"dataset\[{k}\]: there are 8 rows; give .* 0 to 7, or"):
            dataset[k]
    with pytest.raises(vf.ParameterError, match=r"did you mean 'de_fenster\.flac'"):
        dataset["de_fenstr.flac"]
    with pytest.raises(LookupError, match=r"did you mean 'de_fenster\.flac'"):
        dataset["fenster"]
    with pytest.raises(vf.ParameterError, match=r"no recording has this id; dataset\.ids lists all ids"):
        dataset["zzzzzzz"]
    for key in (1.5, None, ("de_fenster.flac",), (1, 2)):
        with pytest.raises(
            vf.ParameterError, match="is not a row; give a number, an id, or an id and a part"
        ):
            dataset[key]
    for key in (("de_fenster.flac", 1), ("de_fenster.flac", 0, 1)):
        with pytest.raises(vf.ParameterError, match="no row matches; give one of the parts 0"):
            dataset[key]
    for wrong in ({"size": 0}, {"size": 2, "seed": -1}, {"size": 2, "rows": [8]}):
        with pytest.raises(vf.ParameterError):
            dataset.batches(**wrong)


# --- what differs -------------------------------------------------------------------------------------


def test_the_settings_that_were_meant_are_compared(folder, tmp_path):
    fe = vf.frontend("asvspoof2019-lfcc")
    assert len(vf.open_dataset(folder, frontend="asvspoof2019-lfcc")) == 8
    assert vf.open_dataset(folder, frontend=fe).front_end == fe
    other = fe.replace(hop_length=80, n_filters=40, dynamics=None)
    with pytest.raises(vf.ParameterError) as error:
        vf.open_dataset(folder, frontend=other)
    for told in (
        "framing.hop_length: 160 in the dataset, 80 given",
        "bands.n_filters: 20 in the dataset, 40",
        "dynamics: ",
    ):
        assert told in str(error.value)
    (tmp_path / "other.toml").write_text(other.to_toml())
    with pytest.raises(vf.ParameterError, match="hop_length: 160 in the dataset, 80"):
        vf.open_dataset(folder, frontend=str(tmp_path / "other.toml"))
    with pytest.raises(
        vf.ParameterError, match="front end asvspoof2019-lfcc in the dataset, the feature mfcc given"
    ):
        vf.open_dataset(folder, feature="mfcc")
    with pytest.raises(vf.ParameterError, match="did you mean 'asvspoof2019-lfcc'"):
        vf.open_dataset(folder, frontend="asvspoof2019-lfc")


def test_the_settings_of_a_feature_are_compared(tmp_path):
    extract_corpus(EXAMPLES, tmp_path / "out", "mfcc", sr=16000, settings={"n_mfcc": 13})
    assert len(vf.open_dataset(tmp_path / "out", feature="mfcc", settings={"n_mfcc": 13})) == 8
    for given in ({"feature": "mfcc"}, {"settings": {}}):
        with pytest.raises(vf.ParameterError, match=r"\(n_mfcc: 13 in the dataset, 20 given\)"):
            vf.open_dataset(tmp_path / "out", **given)


def test_settings_without_effect_do_not_differ(folder):
    fe = vf.frontend("asvspoof2019-lfcc")
    idle = fe.replace(pad_mode="edge")
    assert not fe.framing.center and idle.digest != fe.digest
    assert len(vf.open_dataset(folder, frontend=idle)) == 8


def test_another_version_is_remarked(folder, monkeypatch):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vf.open_dataset(folder)
    monkeypatch.setattr("voicefeat.__version__", "9.0")
    with pytest.warns(UserWarning, match=r"was made by voicefeat .*, this is 9\.0, whose values may differ"):
        vf.open_dataset(folder)


def test_a_run_that_was_stopped_is_remarked(copied):
    changed(copied, complete=False)
    with pytest.warns(UserWarning, match="is not complete, and has 8 rows; run the same 'voicefeat extract'"):
        dataset = vf.open_dataset(copied)
    assert not dataset.complete and repr(dataset).endswith("not complete>")


# --- the way back to the job --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, given",
    [
        ("mfcc", {"window": ("kaiser", 6.0), "mel_norm": np.inf, "top_db": None}),
        ("mfcc", {"window": np.hanning(512), "n_fft": 512}),
        ("spectral_contrast", {"n_fft": 512, "top_db": None}),
    ],
)
def test_settings_come_back_from_json(name, given):
    told = json.loads(json.dumps(as_json(complete(find(name), given))))
    back = restored(name, told)
    assert back.keys() == given.keys()
    y = np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    function = FEATURES[name].function
    np.testing.assert_array_equal(function(y, sr=16000, **back), function(y, sr=16000, **given))


def test_a_digest_that_is_not_found_again_is_an_error(folder):
    about = vf.open_dataset(folder).about
    assert rebuild_job(about).tasks[0].settings(0)["digest"] == about["digest"]
    with pytest.raises(vf.ParameterError, match="cannot restore the settings"):
        rebuild_job({**about, "digest": "0" * 16})
