"""The vector type: one number per lane, written as mathematics, compiled to explicit vector instructions.

`fma` is explicit and no fast-math flag is set, so a result does not depend on the number of lanes.
"""

from __future__ import annotations

import os
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils, config

I32: Any = ir.IntType(32)
FEATURES: str = (
    config.CPU_FEATURES if config.CPU_FEATURES is not None else llvm.get_host_cpu_features().flatten()
)
HAS_FMA: bool = "+fma" in FEATURES or "+neon" in FEATURES

#: Whether stores may go past the cache. ARM has such stores too, but they are not tested there.
HAS_STREAMING_STORES: bool = "+sse2" in FEATURES


def _lanes32() -> int:
    chosen = os.environ.get("VOICEFEAT_LANES")
    if chosen:
        if chosen not in ("4", "8", "16"):
            raise ValueError(f"VOICEFEAT_LANES={chosen!r}: must be 4, 8 or 16; unset it to fit the processor")
        return int(chosen)
    if "+avx512f" in FEATURES:
        return 16
    return 8 if "+avx2" in FEATURES or "+neon" in FEATURES else 4


#: Lanes of a float32 vector.
LANES32: int = _lanes32()


def lanes(itemsize: int) -> int:
    """Lanes of a vector of floats of `itemsize` bytes; float64 has half as many as float32."""
    return LANES32 * 4 // itemsize


class Vector:
    """One number per lane; operators work lane by lane and accept plain numbers as constants."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.b: Any = builder
        self.value: Any = value

    @property
    def type(self) -> Any:
        return self.value.type

    def constant(self, x: float) -> Vector:
        """`x` in every lane of a vector like this one."""
        element = self.type.element
        return Vector(self.b, ir.Constant(self.type, [ir.Constant(element, float(x))] * self.type.count))

    def _ir(self, x):
        return x.value if isinstance(x, Vector) else self.constant(x).value

    def __add__(self, x: Vector | float) -> Vector:
        return Vector(self.b, self.b.fadd(self.value, self._ir(x)))

    def __sub__(self, x: Vector | float) -> Vector:
        return Vector(self.b, self.b.fsub(self.value, self._ir(x)))

    def __mul__(self, x: Vector | float) -> Vector:
        return Vector(self.b, self.b.fmul(self.value, self._ir(x)))

    def __truediv__(self, x: Vector | float) -> Vector:
        return Vector(self.b, self.b.fdiv(self.value, self._ir(x)))

    def __neg__(self) -> Vector:
        return Vector(self.b, self.b.fneg(self.value))

    def _where(self, relation, x):
        return Vector(self.b, self.b.fcmp_ordered(relation, self.value, self._ir(x)))

    def __lt__(self, x: Vector | float) -> Vector:
        return self._where("<", x)

    def __gt__(self, x: Vector | float) -> Vector:
        return self._where(">", x)

    def __ge__(self, x: Vector | float) -> Vector:
        return self._where(">=", x)

    def __and__(self, x: Vector) -> Vector:
        return Vector(self.b, self.b.and_(self.value, x.value))

    def call(self, name: str, *others: Vector) -> Vector:
        """The LLVM intrinsic `name` on vectors of this type."""
        bits = 64 if isinstance(self.type.element, ir.DoubleType) else 32
        arguments = [self.value, *(x.value for x in others)]
        function_type = ir.FunctionType(self.type, [self.type] * len(arguments))
        name = f"llvm.{name}.v{self.type.count}f{bits}"
        return Vector(
            self.b, self.b.call(cgutils.get_or_insert_function(self.b.module, function_type, name), arguments)
        )


def fma(x: Vector, y: Vector, z: Vector) -> Vector:
    """x y + z, rounded once (twice if the processor has no such instruction)."""
    return x.call("fma", y, z) if HAS_FMA else x * y + z


def select(where: Vector, x: Vector, y: Vector) -> Vector:
    return Vector(x.b, x.b.select(where.value, x.value, y.value))


def maximum(x: Vector, y: Vector) -> Vector:
    return select(x > y, x, y)


def minimum(x: Vector, y: Vector) -> Vector:
    return select(x < y, x, y)


def spread(builder: Any, scalar: Any, lanes: int) -> Vector:
    """`scalar` in every lane."""
    undefined = ir.Constant(ir.VectorType(scalar.type, lanes), ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.Constant(I32, 0))
    zeros = ir.Constant(ir.VectorType(I32, lanes), [0] * lanes)
    return Vector(builder, builder.shuffle_vector(first, undefined, zeros))


def shuffle(x: Vector, y: Vector, places: list[int]) -> Vector:
    """Lanes of x (0, 1, ...) and y (lanes, lanes + 1, ...) picked by number."""
    mask = ir.Constant(ir.VectorType(I32, len(places)), places)
    return Vector(x.b, x.b.shuffle_vector(x.value, y.value, mask))


def wide(x: Vector) -> Vector:
    """Lanes in double precision."""
    double = ir.VectorType(ir.DoubleType(), x.type.count)
    return x if x.type == double else Vector(x.b, x.b.fpext(x.value, double))


def narrow(x: Vector, like: Vector) -> Vector:
    """Lanes in the precision of `like`, rounded once."""
    return x if x.type == like.type else Vector(x.b, x.b.fptrunc(x.value, like.type))


def fence(builder: Any) -> None:
    """Streaming stores before this are seen by other threads before any store that follows."""
    if HAS_STREAMING_STORES:
        nothing = ir.FunctionType(ir.VoidType(), [])
        builder.call(cgutils.get_or_insert_function(builder.module, nothing, "llvm.x86.sse.sfence"), [])
