"""What `fuzz.py` calls with: good arguments by their names, odd ones for any."""

import inspect
import io
import itertools
import types
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import soundfile

import voicefeat as vf
from voicefeat.corpus import inputs

#: Classes that functions return, and that check nothing.
RESULTS = {
    "Step", "Calibration", "CorpusStatistics", "Stacked", "Explanation", "Extraction", "Dataset", "Curve",
    "Source", "Listing", "Fusion", "FeatureList",
}  # fmt: skip
#: Methods of values, besides the functions.
METHODS = [
    "vf.FrontEnd.from_toml",
    "vf.frontend('kaldi-fbank-80').replace",
    "vf.frontend('asvspoof2019-lfcc').frames",
    "vf.frontend('asvspoof2019-lfcc').times",
    "vf.metrics.Calibration(1.0, 0.0).apply",
    "vf.metrics.Fusion(('a', 'b'), (1.0, 2.0), 0.5, (-3.0, -3.0), (3.0, 3.0)).apply",
    "vf.augment.Chain((vf.augment.step('gain', db=(0, 3)),))",
]


def voice(n, dtype=np.float32, scale=1.0):
    """Harmonics with noise."""
    t = np.arange(n)
    y = 0.2 * sum(np.sin(0.05 * k * t) / k for k in range(1, 6))
    return ((y + 0.01 * np.random.default_rng(0).standard_normal(n)) * scale).astype(dtype)


def spectra(rows, frames, dtype=np.float32, scale=1.0):
    """Magnitudes."""
    return (np.random.default_rng(1).random((rows, frames)) * scale).astype(dtype)


def transform(rows, frames, dtype=np.complex64):
    """Complex spectra."""
    return (spectra(rows, frames, float) + 1j * spectra(rows, frames, float)).astype(dtype)


def wav(n=1600, sr=16000):
    """A file."""
    file = io.BytesIO()
    soundfile.write(file, voice(n), sr, format="WAV")
    file.seek(0)
    return file


def generator():
    return np.random.default_rng(0)


def scores(n=20, low=0.0, dtype=float):
    return (np.random.default_rng(n).standard_normal(n) + low).astype(dtype)


def held():
    """Scores with keys."""
    keys = ["bonafide", "bonafide", "spoof", "spoof"]
    return vf.metrics.Scores(["a", "b", "c", "d"], [1.0, 3.0, 0.0, 2.0], keys, ["-", "-", "A07", "A08"])


SPACE = {
    "vf": vf, "np": np, "inputs": inputs, "nan": np.nan, "inf": np.inf, "array": np.array,
    "float32": np.float32, "float64": np.float64, "int64": np.int64, "Decimal": Decimal, "Fraction": Fraction,
    "voice": voice, "wav": wav, "spectra": spectra, "transform": transform, "generator": generator,
    "scores": scores, "held": held, "folder": "/nowhere",
}  # fmt: skip

#: Odd values for any argument, as text.
ODD = r"""
    None True False '' 'x' 'nan' 'hann' b'x' 1j nan inf -inf 0 -1 1 2 3 7 0.5 -0.5 3.7 1e-300 1e300
    -1e300 5e-324 10**30 -10**30 10**400 -10**400 2**63 2**31 10**10 np.float32(1e30) np.float16(2)
    np.timedelta64(1,'s') np.datetime64('2020') np.int8(5) np.uint64(2**63) np.longdouble(1)
    np.bool_(True) [] () {} {'a':1} set() [1,2] (1,2) [[1],[1,2]] [{}] ('kaiser',[1,2]) ('kaiser',nan)
    ('kaiser',800) ('gaussian',0) ('tukey',1e300) ('chebwin',-5) ('general_gaussian',1,1e-300)
    ('kaiser',10**400) ('dpss',1e9) ('taylor',10**30) ('kaiser',{}) ({},1) ((),) array(3.0) array([])
    array([1,2]) array([None]) array(['a']) array([nan]) array([1j]) array([[1.0]]) object()
    (lambda*a,**k:None) (lambda*a,**k:nan) Fraction(1,3) Fraction(10**400,3) Decimal('0.5')
    Decimal('NaN') slice(0,2) range(3) iter([1]) 'a'*10000 '\ud800' '\0' 'é' float32 float64 'float32'
    'float16' 'longdouble' 'f4,f4' '>f8' np.dtype('f4') np.ma.masked_array([1.0],[True]) 0.0 -0.0 1e-9
    1e9 (nan,nan) (1,10**400) (3,1) ('a',) [None] [nan] {1,2} frozenset() 1e19 1e38 Ellipsis
    10**5000 dict(a=1) np.dtype('O') '1'*5000 np.timedelta64(5) np.ma.masked
""".split()  # noqa: SIM905
#: Odd arrays.
ODD_ARRAYS = r"""
    voice(0) voice(1) voice(2) voice(100) voice(3000) voice(3000,float64) voice(3000,'longdouble')
    voice(3000,'f2') voice(3000,'i2',9e3) voice(3000,'i4',1e9) voice(3000,int64,99) voice(3000,'u2',99)
    voice(3000,'u8',99) voice(3000,'i1',9) voice(3000,object) voice(3000,complex) voice(3000,bool)
    voice(3000,str) voice(3000,'>f4') voice(3000,float32,1e20) voice(3000,float32,3e38)
    voice(3000,float32,1e12) voice(3000,float32,1e11) voice(3000,float32,1e-30)
    voice(3000,float32,1e-44) voice(3000,float64,1e200) voice(3000,float64,1e300)
    voice(3000,float64,1e90) voice(3000,float64,1e-200) voice(3000,float64,1e30)
    voice(3000).reshape(1500,2) voice(3000).reshape(2,1500) voice(3000)[::-2] voice(3000)[:,None]
    voice(3000)[None,None] voice(3000)*0 voice(3000)*0+1 voice(3000).tolist() np.full(3000,nan)
    np.full(3000,inf) np.append(voice(3000),nan) np.append(voice(2999),-inf) spectra(0,3) spectra(3,0)
    spectra(1,1) spectra(1025,4) spectra(1025,4,float64) spectra(1025,4,int) spectra(1025,4,object)
    spectra(1025,4,'longdouble') -spectra(1025,4) spectra(1025,4)*nan spectra(1025,4,float32,3e38)
    spectra(1025,4,float32,1e30) spectra(1025,4,float64,1e300) spectra(1025,4,float32,1e-40)
    spectra(1025,4)*0 spectra(20,5,float64,1e4) transform(1025,4) transform(1025,4)*nan
    transform(1025,4)*1e30 transform(1025,4)*float32(3e38) transform(1025,4,complex)*1e200
    transform(128,3) scores(20) scores(20,99.0) scores(20)*1e300 scores(20)*1e-300 scores(1)
    scores(3,0,'f4') scores(20,0,object) scores(20)*0 np.arange(5) np.arange(5,dtype='i2')*8000
    np.arange(5,dtype='u8') np.arange(5,dtype='i1') np.arange(5)-2.0 np.array([2**62,-2**62])
    array([2**63],dtype='u8') array([1e19,-1e300]) array([0.0,-1.0,nan]) np.zeros((2,0,3))
    np.zeros(3,'M8[s]') np.zeros(3,'m8[s]') np.zeros(3,'V4') np.zeros(3,'f4,f4')
    np.ma.masked_array(voice(3000),voice(3000)>0) np.zeros(3,'S2') [voice(100),voice(50)] [[0.1]*50]*2
    [True,False] ['a','b'] [1,'a'] [1j]
""".split()  # noqa: SIM905
#: Good values by the name of the argument, where there is no default or it costs much.
GOOD = {
    "y": ["voice(3000)", "voice(4000,float64)", "voice(2500,'i2',9e3)"], "S": ["spectra(1025,6)"], "D":
    ["transform(1025,6)"], "stft_matrix": ["transform(1025,6)"], "M": ["spectra(40,6)"], "mfcc":
    ["spectra(13,6)"], "X": ["spectra(20,6)"], "X_ref": ["spectra(20,6)"], "data": ["spectra(13,30)"],
    "chroma": ["spectra(12,6)"], "V": ["spectra(84,6)"], "C": ["transform(84,6)"], "dc":
    ["transform(1,6)[0]"], "nyquist": ["transform(1,6)[0]"], "S_db": ["-spectra(20,6)"], "frequencies":
    ["[440.0,220.0]", "440.0"], "mels": ["[3.0,9.0]"], "octs": ["[3.0,4.0]"], "frames": ["[1,2]", "3"],
    "samples": ["[100,2000]"], "times": ["[0.1,0.2]"], "note": ["'A4'", "['A4','C#3']"], "notes":
    ["[60,61.5]"], "midi": ["[60,61.5]"], "A4": ["442.0"], "tuning": ["0.1"], "n_bins": ["36", "84"],
    "fmin": ["100.0"], "fmax": ["3000.0"], "path": ["wav()"], "orig_sr": ["16000"], "target_sr": ["8000",
    "22050.0"], "order": ["4"], "n_iter": ["2"], "n_fft": ["2048", "512"], "n": ["2000"], "sr": ["16000",
    "22050"], "Nx": ["400"], "n_input": ["84"], "freqs": ["[100.0,200.0]"], "bonafide": ["scores(20,2.0)"],
    "spoof": ["scores(30)"], "target": ["scores(20,2.0)"], "nontarget": ["scores(25)"], "threshold":
    ["0.1"], "asv": ["vf.metrics.AsvErrors(0.1,0.2,0.3)"], "one": ["(scores(20,2.0),scores(30))"], "other":
    ["(scores(20,1.0),scores(30))"], "draws": ["20"], "utterances": ["['a','b','c']"], "scores":
    ["[1.0,2.0,0.5]"], "rng": ["generator()"], "snr": ["10.0", "(5,20)"], "voices":
    ["[voice(1500),voice(3000)]"], "talkers": ["2"], "db": ["3.0", "(-3,0)"], "rate": ["8000",
    "(4000,8000)"], "factor": ["1.1"], "t60": ["0.2"], "name": ["'g711a'", "'mp3'"], "id": ["'LA_1'"],
    "copies": ["2"], "do": ["'gain'"], "steps": ["(vf.augment.step('gain',db=1),)"], "features":
    ["spectra(13,30)", "['mfcc','rms']"], "a": ["array([1.0,-0.9,0.2])"], "lsf": ["array([0.5,1.5])"], "b":
    ["spectra(20,19)"], "length": ["3000"], "source": ["'dither = 0.5'"], "label": ["'a'"], "hop_length":
    ["160", "512"], "out": ["None"], "ax": ["None"], "paths": ["[]"], "folder": ["folder"],
}  # fmt: skip
#: Good values for single functions.
GOOD_OF = {
    ("vf.metrics.fit_fusion", "bonafide"): ["[scores(20,2.0),scores(20,1.0)]"],
    ("vf.metrics.fit_fusion", "spoof"): ["[scores(30),scores(30)]"],
    ("vf.metrics.by_attack", "scores"): ["held()"], ("vf.metrics.cross_table", "scores"): ["held()"],
    ("vf.metrics.cross_table", "columns"): ["None", "'speaker'"],
    ("vf.metrics.t_eer", "asv"): ["(scores(20,2.0),scores(25),scores(30))"],
    ("vf.metrics.write_scores", "scores"): ["held()"],
    ("vf.metrics.write_scores", "path"): ["folder+'/written'"],
    ("vf.FrontEnd.from_toml", "source"): ["'x = 1'"],
    ("vf.augment.noise", "source"): ["'pink'"], ("vf.augment.speed", "factor"): ["0.9"],
    ("vf.explain", "a"): ["spectra(20,19)"], ("vf.frontend", "name"): ["'pncc'"],
    ("vf.augment.room_response", "t60"): ["0.2"],
}  # fmt: skip
#: Several spectra or a signal: one of them is given.
INSTEAD = ("S", "C", "V", "chroma")
#: What is drawn seldom, by a part of the name: calls that take long.
SELDOM = {
    "pyin": 0.3, "to_audio": 0.3, "griffinlim": 0.4, "nsgcqt": 0.5, "explain": 0.1, "extract_corpus": 0.1,
    "vf.features": 0.1,
    "plot.": 0.1, "vf.frontend(": 0.25, "rps": 0.4, "srh": 0.4, "cens": 0.5, "tonnetz": 0.5,
}  # fmt: skip
#: Functions that return NaN, or infinite values, where their manual says so.
OPEN = (
    "pyin", "reassigned_spectrogram", "metrics.roc", "metrics.det", "plot.", "hz_to_", "mel_to_hz",
    "octs_to_hz", "midi_to_hz", "A4", "db_to_", "_to_db", "by_attack", "cross_table", "apply", "stack_memory",
    "vf.explain", "vf.delta", "summarize",
)  # fmt: skip


@cache
def signature(target):
    """The parameters of `target`, with those that ``**`` passes on where they are known."""
    function = eval(target, SPACE)
    if target.startswith("vf.frontend(") and target.endswith(")"):
        function = function.__call__
    found = dict(inspect.signature(function).parameters)
    open_ended = [name for name, p in found.items() if p.kind is p.VAR_KEYWORD]
    if target == "vf.hz_to_note":
        found |= {k: p for k, p in signature("vf.midi_to_note").items() if k != "midi"}
    for name in open_ended:
        del found[name]
    return found


def positional(target):
    return [n for n, p in signature(target).items() if p.kind is p.POSITIONAL_ONLY]


def arguments(draw, target):
    """Good arguments: all that are needed, and some that are not."""
    given = {}
    for name, parameter in signature(target).items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            continue
        needed = parameter.default is parameter.empty or name in ("y", "n_iter")
        if needed or draw.random() < 0.25:
            text = draw.choice(GOOD_OF.get((target, name)) or GOOD.get(name, [None]))
            given[name] = text or (repr(parameter.default) if plain(parameter.default) else "1")
    other = [name for name in INSTEAD if name in given and "y" in given]
    if other and signature(target)["y"].default is None:
        del given["y"]
    return given


def plain(value):
    return value is None or isinstance(value, (bool, int, float, str, tuple))


def odd(draw, name):
    """An odd value."""
    arrays = name in GOOD and draw.random() < 0.7 and any("(" in text or "[" in text for text in GOOD[name])
    return draw.choice(ODD_ARRAYS if arrays else ODD)


def weight(target):
    return next((share for part, share in SELDOM.items() if part in target), 1.0)


def split(text):
    """The target of a call: everything before the bracket that ends it."""
    depth = 0
    quote = ""
    for i in range(len(text) - 1, -1, -1):
        c = text[i]
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c in ")]}":
            depth += 1
        elif c in "([{":
            depth -= 1
            if not depth:
                return text[:i]
    raise ValueError(text)


def drained(result):
    """A generator's values; everything else as it is."""
    return list(itertools.islice(result, 5)) if isinstance(result, types.GeneratorType) else result


def may(target, named):
    return any(part in target for part in OPEN)


def tidy():
    """Close the figures that were drawn."""
    import matplotlib.pyplot as plt

    plt.close("all")
