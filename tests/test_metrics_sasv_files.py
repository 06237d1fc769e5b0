"""Score files and keys of ASVspoof 5 Track 2: their forms, and what is wrong with them is named."""

from pathlib import Path

import numpy as np
import pytest

import voicefeat as vf

m = vf.metrics

HERE = Path(__file__).resolve().parent / "data" / "asvspoof5_track2"
HEAD = "spk filename cm-score asv-score sasv-score"
ROWS = ["S1 a 4.5 2 2", "S2 a 4.5 -3 -3", "S1 b -2 3 -2", "S1 c 1 2.5 0.5"]
TRIALS = ["S1 a F bonafide target", "S2 a F bonafide nontarget", "S1 c F A18 spoof", "S1 b F A17 spoof"]
TRACK_1 = [
    "x a F C01 - - - bonafide bonafide -",
    "y b F - - - AC1 A17 spoof -",
    "z c F C01 - - AC1 A18 spoof -",
]


def written(folder, *lines, name="file.txt"):
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def read(folder, scores=(HEAD, *ROWS), keys=TRIALS, protocol=None):
    scores = written(folder, *scores, name="scores.tsv")
    keys = keys and written(folder, *keys, name="keys.tsv")
    protocol = protocol and written(folder, *protocol, name="track_1.tsv")
    return m.read_sasv_scores(scores, keys, protocol)


class TestRead:
    def test_trials_of_the_corpus_and_the_protocol_of_track_1(self, tmp_path):
        found = read(tmp_path, protocol=TRACK_1)
        assert found.trials == [("S1", "a"), ("S2", "a"), ("S1", "c"), ("S1", "b")]
        assert found.sasv.tolist() == [2, -3, 0.5, -2]
        assert (found.target.tolist(), found.nontarget.tolist()) == ([2], [-3])
        assert found.spoof.tolist() == [0.5, -2]
        assert [s.tolist() for s in found.countermeasure] == [[4.5, 4.5], [1, -2]]
        assert found.verification.target.tolist() == [2] and found.verification.nontarget.tolist() == [-3]
        assert {a: s.tolist() for a, s in found.verification.attacks.items()} == {"A17": [3], "A18": [2.5]}
        assert found.column("codec").tolist() == ["C01", "C01", "C01", "-"]
        assert found.column("attack").tolist() == ["-", "-", "A18", "A17"]
        assert found.column("gender").tolist() == ["F"] * 4
        assert found.column("speaker").tolist() == ["S1", "S2", "S1", "S1"]  # the enrolled one
        assert repr(found) == "SasvScores(1 target, 1 nontarget, 2 spoof: sasv, cm, asv)"

    def test_full_keys(self, tmp_path):
        """Dummy trials are left out, whether they have a score or not."""
        head = "tar_spk_anon trial_anon asv-label cm-label attack_anon codec track_2_tag"
        keys = ["S1 a target bonafide bonafide C01 x", "S2 a nontarget bonafide bonafide C01 x"]
        keys += ["S1 b spoof spoof A17 - x", "S1 c spoof spoof A18 - dummy", "S9 d spoof spoof A18 - dummy"]
        found = read(tmp_path, keys=[head, *keys])
        assert found.utterances == ["a", "a", "b"]
        assert found.column("attack").tolist() == ["-", "-", "A17"]
        assert sorted(found.columns) == ["attack", "codec"]

    def test_the_short_keys_of_the_package_with_tabs(self, tmp_path):
        keys = ["spk\tfilename\tcm-label\tasv-label", "S1\ta\tbonafide\ttarget", "S2\ta\tbonafide\tnontarget"]
        keys += ["S1\tb\tspoof\tspoof", "S1\tc\tspoof\tspoof"]
        found = read(tmp_path, [row.replace(" ", "\t") for row in (HEAD, *ROWS)], keys)
        assert found.cm.tolist() == [4.5, 4.5, -2, 1]
        assert found.verification.attacks == {}

    def test_one_system_with_one_score(self, tmp_path):
        rows = ["S1 a - - 2", "S2 a - - -3", "S1 b - - -2", "S1 c - - 0.5"]
        found = read(tmp_path, [HEAD, *rows])
        assert found.target.tolist() == [2] and found.cm is None and found.asv is None
        with pytest.raises(vf.ParameterError, match=r"no scores of the countermeasure; .* column cm-score"):
            found.countermeasure  # noqa: B018
        with pytest.raises(vf.ParameterError, match="no scores of the countermeasure"):
            m.cross_table(found, None, None, "t_eer")
        with pytest.raises(vf.ParameterError, match="no scores of the speaker verification"):
            found.verification  # noqa: B018
        assert m.cross_table(found, None, None).values[0, 0] == m.min_adcf([2.0], [-3.0], [-2.0, 0.5]).value

    def test_kinds_in_the_file(self, tmp_path):
        rows = ["S1 a 2.5 target", "S2 a -1 nontarget", "S1 b 0 spoof"]
        found = read(tmp_path, rows, keys=None)
        assert (found.target.tolist(), found.nontarget.tolist(), found.spoof.tolist()) == ([2.5], [-1], [0])
        named = read(tmp_path, ["spk filename sasv-score asv-label", *rows], keys=None)
        assert named.sasv.tolist() == [2.5, -1, 0]

    def test_scores_of_the_organisers_verification(self, tmp_path):
        found = read(tmp_path, ["spk filename asv-score", "S1 a 2", "S2 a -3", "S1 b 3", "S1 c 1"])
        assert m.asv_errors(*found.verification[:3]).spoof_false_alarm in (0.5, 1.0)
        assert found.sasv is None

    def test_the_trials_of_the_tests(self):
        found = m.read_sasv_scores(HERE / "scores.tsv", HERE / "keys.tsv")
        assert repr(found) == "SasvScores(84 target, 90 nontarget, 180 spoof: sasv, cm, asv)"


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("scores", "told"),
        [
            ([HEAD, *ROWS[:3]], r"without a score: 1 of the 4 trials of .*keys.tsv \(S1 c\); score them too"),
            ([HEAD, *ROWS, "S3 a 1 1 1"], r"not in .*keys.tsv: 1 of 5 scored trials \(S3 a\)"),
            ([HEAD, *ROWS, ROWS[0]], "trials listed twice: S1 a; keep one line"),
            ([HEAD, *ROWS[:3], "S1 c nan 1 1"], "not finite: cm-score in line 5; correct the system"),
            ([HEAD, *ROWS[:3], "S1 c 1 - 1"], "the asv-score in line 5 is '-'; give a number"),
            ([HEAD, *ROWS[:3], "S1 c 1 1"], "line 5 has 4 columns where there should be 5"),
            (["filename cm-score", "a 1"], "none of the speaker; name the columns spk and filename"),
            (
                ["spk filename score-x", "S1 a 1"],
                "and no scores; name a column sasv-score, cm-score, asv-score",
            ),
            (["spk filename sasv-score", "S1 a -"], "and no scores"),
            (["S1 a 1"], "has 3 columns and no names of columns; name the columns in the first line"),
        ],
    )
    def test_scores(self, scores, told, tmp_path):
        with pytest.raises(vf.ParameterError, match=told):
            read(tmp_path, scores)

    @pytest.mark.parametrize(
        ("keys", "told"),
        [
            ([*TRIALS[:3], "S1 b F A17 other"], "keys=.*the kind in line 4 is 'other'"),
            (TRACK_1, "has 10 columns and no names of columns"),
            (
                ["spk filename cm-label", "S1 a bonafide"],
                "none of the kind of trial; give keys= with a column",
            ),
            ([*TRIALS, TRIALS[0]], "keys=.*trials listed twice: S1 a"),
            (["filename asv-label", "a target"], "keys=.*none of the speaker"),
            (["spk filename asv-label track_2_tag", "S1 a target dummy"], "keys=.*no trial that counts"),
            (
                ["spk filename cm-label asv-label", "S1 a spoof target"],
                "line 2 is of kind target and labelled",
            ),
            (None, "none of the kind of trial; give keys="),
        ],
    )
    def test_keys(self, keys, told, tmp_path):
        with pytest.raises(vf.ParameterError, match=told):
            read(tmp_path, keys=keys)

    def test_a_protocol_of_other_data(self, tmp_path):
        with pytest.raises(vf.ParameterError, match=r"protocol=.*1 utterances of trials are not in it \(c\)"):
            read(tmp_path, protocol=TRACK_1[:2])

    def test_no_such_column(self, tmp_path):
        with pytest.raises(vf.ParameterError, match=r"column='codec'.*choose among attack, gender, speaker"):
            m.cross_table(read(tmp_path))

    @pytest.mark.parametrize(
        ("how", "told"),
        [
            (
                {"kinds": ["target", "impostor", "spoof"]},
                "not a kind of trial: impostor; give target, nontarget",
            ),
            ({"kinds": ["target"]}, "kinds.*give 3"),
            ({"sasv": [1.0]}, "sasv.*must be one number per trial; give 3"),
            ({"sasv": [1.0, np.inf, 2.0]}, "sasv=.*not finite"),
            ({"sasv": None}, "there are no scores; give sasv, cm or asv"),
            ({"utterances": ["a", "a", "b"], "speakers": ["s", "s", "s"]}, "trials listed twice: s a"),
            ({"columns": {"speaker": ["x"] * 3}}, "speaker has an argument of its own"),
        ],
    )
    def test_values_in_memory(self, how, told):
        good = {"speakers": ["s", "t", "s"], "utterances": ["a", "a", "b"]}
        good |= {"kinds": ["target", "nontarget", "spoof"], "sasv": [2.0, -1.0, 0.5]}
        with pytest.raises(vf.ParameterError, match=told):
            m.SasvScores(**good | how)

    def test_a_kind_that_no_trial_has(self):
        found = m.SasvScores(["s", "t"], ["a", "b"], ["target", "spoof"], sasv=[1.0, 0.0])
        with pytest.raises(vf.ParameterError, match="none of the 2 trials is of kind nontarget"):
            found.nontarget  # noqa: B018
        assert np.isnan(m.cross_table(found, None, None).values).all()
