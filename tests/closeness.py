"""How near the numbers of two programs must be: "equal" holds on one processor and not on the next.

numpy, libm and BLAS choose their kernels by the processor; those differ by a unit or two in the last place
(numpy states four for its vector functions). What is compared with another program's numbers therefore has
`UNITS` of margin at least.
"""

import numpy as np

#: Units in the last place of the largest number.
UNITS = 4


def near(ours, theirs, units=UNITS):
    """Fail unless `ours` has the type, shape and numbers of `theirs`.

    Numbers may differ by `units` in the last place of the largest; whole numbers, names, yes and no are
    equal, and so is what is not finite.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert (ours.dtype.kind, ours.shape) == (theirs.dtype.kind, theirs.shape)
    if theirs.dtype.kind not in "fc":
        np.testing.assert_array_equal(ours, theirs)
        return
    assert ours.dtype == theirs.dtype
    finite = np.isfinite(theirs)
    np.testing.assert_array_equal(ours[~finite], theirs[~finite])
    peak = np.abs(theirs[finite]).max(initial=0.0)
    allowed = units * np.finfo(theirs.dtype).eps * peak
    np.testing.assert_allclose(ours[finite], theirs[finite], rtol=0, atol=allowed)
