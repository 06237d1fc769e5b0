"""Calls of compiled kernels by their address, for the driver.

A kernel that another one calls by name is compiled a second time, as a part of its caller. Called by its
address it is compiled once, whoever calls it. The caller handles arrays as two integers, their address and
their number of elements, so that it is small.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .simd import lanes

I64: Any = ir.IntType(64)
#: Place of the kernel's address in a step.
ADDRESS = 2


def _flat(kind: Any) -> Any:
    return types.Array(kind, 1, "C")


def _table(kind: Any) -> Any:
    return types.Array(kind, 1, "C", readonly=True)


def types_of(spec: str, number: Any) -> tuple[Any, ...]:
    """The types of the arguments of a kernel, one for each part of `spec`.

    i  an integer
    f  a float
    A  an array of numbers, given to a call as two integers
    D  an array of float64
    p  the program, which is not given
    l  the lanes, which are not given: the first integer of the program

    What a call takes from a step of the program has the place in the step behind its letter, as in ``i3``:

    i  an integer
    g  a float
    a  an array of numbers
    t  a table of numbers, which is only read
    n  a table of integers
    o  a table of 32-bit integers
    u  a table of 32-bit integers without a sign
    """
    kinds = {
        "i": types.int64,
        "l": types.int64,
        "f": types.float64,
        "g": types.float64,
        "p": _flat(types.int64),
        "A": _flat(number),
        "D": _flat(types.float64),
        "a": _flat(number),
        "t": _table(number),
        "n": _table(types.int64),
        "o": _table(types.int32),
        "u": _table(types.uint32),
    }
    return tuple(kinds[part[0]] for part in spec.split())


def address(kernel: Any, spec: str, dtype: np.dtype | None = None) -> int:
    """The address of a kernel for arguments as in `types_of`; it is compiled, or loaded, if it must be."""
    result = _compiled(kernel, spec, dtype)
    return result.library.get_pointer_to_function(result.fndesc.llvm_func_name)


def entry(kernel: Any, spec: str, dtype: np.dtype | None = None) -> Any:
    """The kernel for arguments as in `types_of`, to be called from Python with arrays of these types.

    It does not look at their types, for which numba loads more of itself at a first call.
    """
    return _compiled(kernel, spec, dtype).entry_point


def _compiled(kernel: Any, spec: str, dtype: np.dtype | None) -> Any:
    kinds = types_of(spec, types.float64 if dtype is None or dtype.itemsize == 8 else types.float32)
    if kinds not in kernel.overloads:
        kernel.compile(kinds)
    return kernel.overloads[kinds]


def _array(context: Any, builder: Any, kind: Any, start: Any, size: Any) -> Any:
    """The flat array of `size` elements at the address `start`."""
    made = context.make_array(kind)(context, builder)
    item = ir.Constant(I64, kind.dtype.bitwidth // 8)
    made.data = builder.inttoptr(start, made.data.type)
    made.shape = cgutils.pack_array(builder, [size])
    made.strides = cgutils.pack_array(builder, [item])
    made.itemsize, made.nitems = item, size
    made.meminfo = cgutils.get_null_value(made.meminfo.type)
    made.parent = cgutils.get_null_value(made.parent.type)
    return made._getvalue()


def caller(spec: str, result: Any = types.none) -> Any:
    """A function for kernels: (like, program, step, *arguments).

    It calls the kernel whose address is at place `ADDRESS` of the step. Its arguments are those of `spec`
    that are given, see `types_of`; the numbers in arrays have the type of `like`.
    """
    letters = spec.split()

    @intrinsic(prefer_literal=False)
    def call(typingctx, like, program, step, *arguments):
        one = len(arguments) == 1 and isinstance(arguments[0], types.BaseTuple)  # type: ignore[attr-defined]
        given = arguments[0] if one else types.Tuple(arguments)  # type: ignore[attr-defined]
        kinds = types_of(spec, like.dtype)

        def emit(context, builder, signature, values):
            entries = context.make_array(signature.args[1])(context, builder, values[1]).data
            parts = iter(zip(cgutils.unpack_tuple(builder, values[3]), signature.args[3], strict=True))

            def scalar(wanted=types.int64):
                value, kind = next(parts)
                return context.cast(builder, value, kind, wanted)

            def entry(place):
                at = builder.add(values[2], ir.Constant(I64, place))
                return builder.load(builder.gep(entries, [at]))

            def argument(part, kind):
                letter = part[0]
                if letter == "p":
                    return values[1]
                if letter == "l":
                    return builder.load(entries)
                if letter == "A":
                    start = scalar()
                    return _array(context, builder, kind, start, scalar())
                if len(part) == 1:
                    return scalar(kind)
                first = entry(int(part[1:]))
                if letter == "i":
                    return first
                if letter == "g":
                    return builder.bitcast(first, ir.DoubleType())
                return _array(context, builder, kind, first, entry(int(part[1:]) + 1))

            passed = [argument(part, kind) for part, kind in zip(letters, kinds, strict=True)]
            convention = context.call_conv
            pointer = convention.get_function_type(result, kinds).as_pointer()
            callee = builder.inttoptr(entry(ADDRESS), pointer)
            status, value = convention.call_function(builder, callee, result, kinds, passed)
            with cgutils.if_unlikely(builder, status.is_error):
                convention.return_status_propagate(builder, status)
            return context.get_dummy_value() if result == types.none else value

        return result(like, program, types.int64, given), emit

    return call


@intrinsic(prefer_literal=False)
def _address_of(typingctx, array):
    """The address of the first element of a flat array."""

    def emit(context, builder, signature, values):
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        return builder.ptrtoint(data, I64)

    return types.int64(array), emit


@intrinsic(prefer_literal=False)
def _one_vector(typingctx, like):
    """A flat array of one vector of lanes, until the kernel returns; its values are not set."""
    kind = _flat(like.dtype)

    def emit(context, builder, signature, values):
        count = lanes(like.dtype.bitwidth // 8)
        room = cgutils.alloca_once(builder, ir.ArrayType(context.get_data_type(like.dtype), count))
        return _array(context, builder, kind, builder.ptrtoint(room, I64), ir.Constant(I64, count))

    return kind(like), emit


#: For kernels: room for the lanes of a vector, without numba's allocation, which takes time to compile.
one_vector: Any = _one_vector
#: For kernels: the address of the first element of a flat array.
address_of: Any = _address_of
