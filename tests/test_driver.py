"""The compiled driver: kernels called by address, and the programs of chains."""

from dataclasses import replace

import numpy as np
import pytest
from numba.core import types

import voicefeat as vf
from voicefeat.chain.block_loop import compute_requests
from voicefeat.chain.plan import plan_for
from voicefeat.chain.program import bits, program_of
from voicefeat.chain.spectra import borrow, give_back
from voicefeat.chain.stages import Bands, Chain
from voicefeat.engine import driver
from voicefeat.engine.by_address import address, address_of, caller
from voicefeat.engine.jit import kernel
from voicefeat.presets.front_end import request

SETTINGS = [
    {"n_fft": 512, "hop_length": 160},
    {"n_fft": 4096, "hop_length": 1024},
    {"n_fft": 512, "hop_length": 160, "top_db": None},
    {"n_fft": 400, "hop_length": 161, "center": False},
]


@kernel
def weighted(numbers, table, places, factor, count, out):
    total = 0.0
    for i in range(count):
        out[i] = factor * numbers[i] * table[places[i]]
        total += out[i]
    return total


SPEC = "A t3 o5 f i A"
call_weighted = caller(SPEC, types.float64)


@kernel
def through_the_address(program, numbers, factor, count, out):
    return call_weighted(
        numbers, program, 0, address_of(numbers), numbers.size, factor, count, address_of(out), out.size
    )  # fmt: skip


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_kernel_called_by_its_address_is_the_kernel(kind):
    rng = np.random.default_rng(1)
    numbers, table = rng.standard_normal(9).astype(kind), rng.standard_normal(9).astype(kind)
    places = rng.permutation(9).astype(np.int32)
    table.flags.writeable = places.flags.writeable = False
    direct, called = np.zeros(9, kind), np.zeros(9, kind)
    total = weighted(numbers, table, places, 3.0, 7, direct)
    compiled = len(weighted.signatures)
    function = address(weighted, SPEC, np.dtype(kind))
    step = [0, 0, function, table.ctypes.data, table.size, places.ctypes.data, places.size]
    program = np.array(step, np.int64)
    assert through_the_address(program, numbers, 3.0, 7, called) == total
    assert np.array_equal(direct, called) and direct[:7].all() and not direct[7:].any()
    assert len(weighted.signatures) == compiled  # not once more for its address


def test_the_bits_of_a_float():
    for x in (0.0, -0.0, 1.5, -np.inf, 2.0**-1074):
        assert np.array([bits(x)], np.int64).view(np.float64).tobytes() == np.float64(x).tobytes()


def test_programs_follow_scratch_arrays_that_grow():
    y = np.random.default_rng(2).standard_normal(48_000).astype(np.float32)
    alone = []
    for settings in SETTINGS:
        borrow(np.dtype(np.float32))  # and not given back: the next call starts with new arrays
        alone.append(vf.mfcc(y, 16000, **settings))
    for order in (range(4), (1, 0, 3, 2), (2, 1, 0, 0, 1)):
        for i in order:
            assert np.array_equal(vf.mfcc(y, 16000, **SETTINGS[i]), alone[i])


def test_read_only_signals_and_spectra_are_not_compiled_again():
    y = np.random.default_rng(3).standard_normal((2, 16_000)).astype(np.float32)
    fixed = y.copy()
    fixed.flags.writeable = False
    wanted = vf.mfcc(y, 16000)
    S = vf.melspectrogram(y, 16000)
    bands = vf.melspectrogram(S=np.abs(vf.stft(y)) ** 2, sr=16000)
    given = np.abs(vf.stft(y)) ** 2
    given.flags.writeable = False
    compiled = len(driver.drive.signatures)
    assert np.array_equal(vf.mfcc(fixed, 16000), wanted)
    assert np.array_equal(vf.melspectrogram(fixed, 16000), S)
    assert np.array_equal(vf.melspectrogram(S=given, sr=16000), bands)
    assert len(driver.drive.signatures) == compiled
    assert not fixed.flags.writeable and np.array_equal(fixed, y)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("power", [1.0, 2.0, 4.0, 3.0])
def test_a_program_of_bins_continues_one_of_frames(kind, power):
    """The steps after the spectra are the same whether a block comes from the program or from outside."""
    y = np.random.default_rng(4).standard_normal(30_000).astype(kind)
    bands = Bands.make("mel", sr=16000, n_fft=512, n_mels=40)
    spectrum = vf.spectrogram(y, n_fft=512, hop_length=160, power=power)
    plan = plan_for(Chain(spectrum=None, bands=bands), 257, np.dtype(kind))
    frames = spectrum.shape[1]
    program, work = program_of(plan, source=False), borrow(np.dtype(kind))
    tiles = np.zeros((-(-frames // plan.lanes), 257, plan.lanes), kind)
    padded = np.zeros((257, tiles.shape[0] * plan.lanes), kind)
    padded[:, :frames] = spectrum
    tiles[:] = padded.reshape(257, -1, plan.lanes).transpose(1, 0, 2)
    out, nothing = np.empty((40, frames), kind), np.empty(0, kind)
    given = tiles.reshape(-1), nothing, nothing
    assert program.run(work, given, nothing, out.reshape(-1), frames, 0, frames, driver.FIRST)
    give_back(work)
    assert np.array_equal(out, vf.melspectrogram(y, 16000, n_fft=512, hop_length=160, n_mels=40, power=power))


@pytest.mark.parametrize("place", ["replace", "first", "last"])
@pytest.mark.parametrize("name", ["kaldi-mfcc", "nii-lfcc", "htk-mfcc-e-d-a"])
def test_energies_beside_the_rows_of_a_chain(name, place, monkeypatch):
    """By one call of the driver they have the bits that the block loop gives."""
    fe = vf.frontend(name).replace(energy__place=place)
    y = np.random.default_rng(2).standard_normal((2, 50_000))
    at_once = [fe(y.astype(kind), 16000) for kind in ("float32", "float64")]
    assert fe.kind._chains.whole is not None
    alone = fe(np.zeros(3000), 16000)
    monkeypatch.setattr(fe.kind, "_chains", replace(fe.kind._chains, whole=None))
    for kind, got in zip(("float32", "float64"), at_once, strict=True):
        assert np.array_equal(fe(y.astype(kind), 16000), got)
    assert np.array_equal(fe(np.zeros(3000), 16000), alone)


def test_energies_share_a_pass_with_others():
    """Beside another front end their job is divided; the bits stay."""
    names = ["kaldi-mfcc", "kaldi-fbank-24-energy", "kaldi-fbank-80"]
    y = np.random.default_rng(3).standard_normal(20_000).astype(np.float32)
    prepared = {}
    found = compute_requests([request(vf.frontend(name), y, 16000, prepared) for name in names])
    for name, got in zip(names, found, strict=True):
        assert np.array_equal(got, vf.frontend(name)(y, 16000)), name
