"""The vector type: kernels are written lane by lane, one frame of the signal in each lane.

A body decorated with `lane_op` runs once, while a kernel is compiled. Its arrays arrive as `Memory`,
its whole numbers as `Index`, its floats as `Number`; what it does with them becomes machine
instructions of the kernel that calls it. Operators are written as mathematics, Python loops are unrolled,
and nothing is left for the compiler to vectorise. `fma` is explicit and no fast-math flag is set, so
a result does not depend on how many lanes there are.
"""

from __future__ import annotations

import os

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, builtin_registry, signature

I32, I64 = ir.IntType(32), ir.IntType(64)
FLOATS = {types.float32: ir.FloatType(), types.float64: ir.DoubleType()}
FEATURES = config.CPU_FEATURES if config.CPU_FEATURES is not None else llvm.get_host_cpu_features().flatten()
HAS_FMA = "+fma" in FEATURES or "+neon" in FEATURES


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
LANES32 = _lanes32()


def lanes(itemsize: int) -> int:
    """Lanes of a vector of floats of `itemsize` bytes; float64 takes half of float32's."""
    return LANES32 * 4 // itemsize


class Vector:
    """One number a lane; operators work lane by lane and take plain numbers as constants."""

    def __init__(self, builder, value):
        self.b, self.value = builder, value

    @property
    def type(self):
        return self.value.type

    def constant(self, x: float) -> Vector:
        """`x` in every lane of a vector like this one."""
        element = self.type.element
        return Vector(self.b, ir.Constant(self.type, [ir.Constant(element, float(x))] * self.type.count))

    def _ir(self, x):
        return x.value if isinstance(x, Vector) else self.constant(x).value

    def __add__(self, x):
        return Vector(self.b, self.b.fadd(self.value, self._ir(x)))

    def __sub__(self, x):
        return Vector(self.b, self.b.fsub(self.value, self._ir(x)))

    def __mul__(self, x):
        return Vector(self.b, self.b.fmul(self.value, self._ir(x)))

    def __truediv__(self, x):
        return Vector(self.b, self.b.fdiv(self.value, self._ir(x)))

    def __neg__(self):
        return Vector(self.b, self.b.fneg(self.value))

    def _where(self, relation, x):
        return Vector(self.b, self.b.fcmp_ordered(relation, self.value, self._ir(x)))

    def __lt__(self, x):
        return self._where("<", x)

    def __gt__(self, x):
        return self._where(">", x)

    def __ge__(self, x):
        return self._where(">=", x)

    def __and__(self, x):
        return Vector(self.b, self.b.and_(self.value, x.value))

    def call(self, name: str, *others: Vector) -> Vector:
        """The LLVM intrinsic `name` on vectors of this type."""
        bits = 64 if isinstance(self.type.element, ir.DoubleType) else 32
        arguments = [self.value, *(x.value for x in others)]
        function_type = ir.FunctionType(self.type, [self.type] * len(arguments))
        name = f"llvm.{name}.v{self.type.count}f{bits}"
        return Vector(self.b, self.b.call(cgutils.get_or_insert_function(self.b.module, function_type, name), arguments))


def fma(x: Vector, y: Vector, z: Vector) -> Vector:
    """x y + z, rounded once (twice where the processor has no such instruction)."""
    return x.call("fma", y, z) if HAS_FMA else x * y + z


def select(where: Vector, x: Vector, y: Vector) -> Vector:
    return Vector(x.b, x.b.select(where.value, x.value, y.value))


def maximum(x: Vector, y: Vector) -> Vector:
    return select(x > y, x, y)


def spread(builder, scalar, lanes: int) -> Vector:
    """`scalar` in every lane."""
    undefined = ir.Constant(ir.VectorType(scalar.type, lanes), ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.Constant(I32, 0))
    zeros = ir.Constant(ir.VectorType(I32, lanes), [0] * lanes)
    return Vector(builder, builder.shuffle_vector(first, undefined, zeros))


def shuffle(x: Vector, y: Vector, places: list[int]) -> Vector:
    """Lanes of x (0, 1, ...) and y (lanes, lanes + 1, ...) picked by number."""
    mask = ir.Constant(ir.VectorType(I32, len(places)), places)
    return Vector(x.b, x.b.shuffle_vector(x.value, y.value, mask))


class Index:
    """A whole number known when the kernel runs."""

    def __init__(self, builder, value):
        self.b, self.value = builder, value

    def _ir(self, x):
        return x.value if isinstance(x, Index) else ir.Constant(I64, x)

    def __add__(self, x):
        return Index(self.b, self.b.add(self.value, self._ir(x)))

    def __sub__(self, x):
        return Index(self.b, self.b.sub(self.value, self._ir(x)))

    def __mul__(self, x):
        return Index(self.b, self.b.mul(self.value, self._ir(x)))


class Number:
    """A float known when the kernel runs; `Memory.number` spreads it over lanes."""

    def __init__(self, builder, value):
        self.b, self.value = builder, value


class Memory:
    """A flat contiguous array; vectors are loaded and stored at any element."""

    def __init__(self, context, builder, array_type, array):
        self.b, self.context, self.dtype = builder, context, array_type.dtype
        struct = context.make_array(array_type)(context, builder, array)
        self.data = struct.data
        self.size = cgutils.unpack_tuple(builder, struct.shape)[0]
        self.item = array_type.dtype.bitwidth // 8
        if self.dtype in FLOATS:
            self.lanes = lanes(self.item)
            self.vector = ir.VectorType(FLOATS[self.dtype], self.lanes)

    def _address(self, i, count=1):
        i = i.value if isinstance(i, Index) else ir.Constant(I64, i)
        if config.BOUNDSCHECK:  # numba's own check does not see these accesses
            for j in (i, self.b.add(i, ir.Constant(I64, count - 1))):
                cgutils.do_boundscheck(self.context, self.b, j, self.size)
        return self.b.gep(self.data, [i])

    def load(self, i) -> Vector:
        """Elements i, i + 1, ... as lanes."""
        address = self.b.bitcast(self._address(i, self.lanes), self.vector.as_pointer())
        return Vector(self.b, self.b.load(address, align=self.item))

    def store(self, i, x: Vector) -> None:
        """Lanes to elements i, i + 1, ...; a longer vector takes as many more."""
        address = self.b.bitcast(self._address(i, x.type.count), x.type.as_pointer())
        self.b.store(x.value, address, align=self.item)

    def splat(self, i) -> Vector:
        """Element i in every lane."""
        return spread(self.b, self.b.load(self._address(i)), self.lanes)

    def index(self, i) -> Index:
        """Element i of an array of whole numbers."""
        return Index(self.b, self.b.sext(self.b.load(self._address(i)), I64))

    def number(self, x) -> Vector:
        """A plain number or a `Number` in every lane of a vector of this array's type."""
        if isinstance(x, Number):
            narrow = x.value.type != self.vector.element
            return spread(self.b, self.b.fptrunc(x.value, self.vector.element) if narrow else x.value, self.lanes)
        return Vector(self.b, ir.Constant(self.vector, [ir.Constant(self.vector.element, float(x))] * self.lanes))


def accumulate(count: Index, start: list[Vector], step) -> list[Vector]:
    """Registers carried through a loop: x = step(i, x) for i = 0 .. count - 1, from x = start."""
    b = count.b
    kept = [cgutils.alloca_once(b, x.type) for x in start]
    for address, x in zip(kept, start, strict=True):
        b.store(x.value, address)
    with cgutils.for_range(b, count.value) as loop:
        for address, x in zip(kept, step(Index(b, loop.index), [Vector(b, b.load(a)) for a in kept]), strict=True):
            b.store(x.value, address)
    return [Vector(b, b.load(a)) for a in kept]


def _wrap(context, builder, kind, value):
    if isinstance(kind, types.Array):
        if kind.ndim != 1 or kind.layout != "C":
            raise TypeError(f"a lane operation takes flat contiguous arrays, not {kind}")
        return Memory(context, builder, kind, value)
    if isinstance(kind, types.Integer):
        return Index(builder, value if kind.bitwidth == 64 else builder.sext(value, I64))
    return Number(builder, value)


def lane_op(body):
    """Make `body` callable from kernels, with flat arrays, whole numbers and floats."""

    def op(*args):
        raise TypeError(f"{body.__name__} works inside kernels only")

    op.__name__ = op.__qualname__ = body.__name__
    op.__doc__ = body.__doc__

    class Template(AbstractTemplate):
        key = op

        def generic(self, args, kws):
            return signature(types.void, *args)

    builtin_registry.register_global(op, types.Function(Template))

    @lower_builtin(op, types.VarArg(types.Any))
    def lower(context, builder, sig, args):
        body(*[_wrap(context, builder, kind, value) for kind, value in zip(sig.args, args, strict=True)])
        return context.get_dummy_value()

    return op
