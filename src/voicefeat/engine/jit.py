"""How a kernel is compiled and where the compiled kernel is kept."""
import numba

def kernel(function):
    return numba.njit(nogil=True, error_model="numpy")(function)
