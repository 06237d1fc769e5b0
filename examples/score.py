"""Score recordings with a trained detector: `python examples/score.py runs/toy/ann/toy-clean PATH...`

PATH is a recording, a folder, a manifest (a table with the column path) or a protocol. A score is a
log-likelihood ratio in nats, on material like the run's dev; the threshold is that of equal errors there.
Where labels are known there is a report as well. Nothing is trained, and nothing that is read is a pickle.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from detect import inputs, saved, scoring
from detect.logbook import say

import voicefeat as vf


def words(given=None):
    """The command line."""
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="score.py", description=__doc__, formatter_class=about)
    parser.add_argument("run", metavar="RUN", help="the folder of a run, or of one of its seeds")
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="what is scored; toy and teaching are made up"
    )
    parser.add_argument("--seed", type=int, help="which seed's model (default: the first)")
    parser.add_argument("--out", default="scored", metavar="DIR", help="where scores go (default: scored)")
    parser.add_argument("--split", default="eval", help="of clips with splits: one of them, or all")
    parser.add_argument("--recordings", default="", metavar="DIR", help="where those of a list lie")
    parser.add_argument("--device", default="auto", help="of a network: auto, cpu or cuda")
    return parser.parse_args(given)


def main(given):
    detector = saved.read(given.run, given.seed, given.device)
    corpus = inputs.chosen(inputs.read(given.paths, given.recordings), given.split)
    rows, left = scoring.heard(scoring.rows_of(corpus, detector.config), detector)
    if not (why := scoring.unjudged(rows)):
        scoring.whole(detector.folder)
    out = scoring.prepared(Path(given.out))
    with tempfile.TemporaryDirectory(prefix="voicefeat-scored-") as cache:
        ratios = scoring.score(detector, corpus, rows, Path(cache))
    scoring.write(out / scoring.SCORES, rows, ratios, detector.threshold)
    print(*corpus.notes, scoring.told(detector, rows, ratios), f"scores: {out / scoring.SCORES}", sep="\n")
    if why:
        print(why)
    else:
        found = scoring.judged(detector, corpus, rows, ratios, out)
        print(f"report: {scoring.report(detector.folder, corpus, rows, [found], out)}")
    for problem in left:
        say(f"score.py: not scored: {problem}")
    return 1 if left else 0


def command(given=None):
    """The exit status of a command line, after a sentence about what is wrong."""
    try:
        return main(words(given))
    except (vf.ParameterError, vf.AudioError, OSError) as error:
        say(f"score.py: error: {error}")
        return 2
    except KeyboardInterrupt:
        say("score.py: stopped")
        return 130


if __name__ == "__main__":
    sys.exit(command())
