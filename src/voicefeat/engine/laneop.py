"""Operations on lanes that kernels call.

A body decorated with `lane_op` runs once, while a kernel is compiled. Its arrays arrive as `Memory`,
its integers as `Index`, its floats as `Number`; its operations on them become machine
instructions of the kernel that calls it. Python loops are unrolled, and nothing depends on vectorisation by
the compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import cgutils, config, types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, builtin_registry, signature

from .simd import HAS_STREAMING_STORES, I32, Vector, lanes, spread

I64: Any = ir.IntType(64)
FLOATS: dict[Any, Any] = {types.float32: ir.FloatType(), types.float64: ir.DoubleType()}


#: An operation of kernels; it takes what its body takes, as `Memory`, `Index` and `Number`.
LaneOp: TypeAlias = Callable[..., None]


class Index:
    """An integer known when the kernel runs."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.b: Any = builder
        self.value: Any = value

    def _ir(self, x):
        return x.value if isinstance(x, Index) else ir.Constant(I64, x)

    def __add__(self, x: Index | int) -> Index:
        return Index(self.b, self.b.add(self.value, self._ir(x)))

    def __sub__(self, x: Index | int) -> Index:
        return Index(self.b, self.b.sub(self.value, self._ir(x)))

    def __mul__(self, x: Index | int) -> Index:
        return Index(self.b, self.b.mul(self.value, self._ir(x)))


class Number:
    """A float known when the kernel runs; `Memory.number` spreads it over lanes."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.b: Any = builder
        self.value: Any = value


class Memory:
    """A flat contiguous array; vectors are loaded and stored at any element."""

    def __init__(self, context: Any, builder: Any, array_type: Any, array: Any) -> None:
        self.b: Any = builder
        self.context: Any = context
        self.dtype: Any = array_type.dtype
        struct = context.make_array(array_type)(context, builder, array)
        self.data: Any = struct.data
        self.size: Any = cgutils.unpack_tuple(builder, struct.shape)[0]
        self.item: int = array_type.dtype.bitwidth // 8
        if self.dtype in FLOATS:
            self.lanes: int = lanes(self.item)
            self.vector: Any = ir.VectorType(FLOATS[self.dtype], self.lanes)

    def _address(self, i, count=1):
        i = i.value if isinstance(i, Index) else ir.Constant(I64, i)
        if config.BOUNDSCHECK:  # numba's own check does not see these accesses
            for j in (i, self.b.add(i, ir.Constant(I64, count - 1))):
                cgutils.do_boundscheck(self.context, self.b, j, self.size)
        return self.b.gep(self.data, [i])

    def load(self, i: Index | int) -> Vector:
        """Elements i, i + 1, ... as lanes."""
        address = self.b.bitcast(self._address(i, self.lanes), self.vector.as_pointer())
        return Vector(self.b, self.b.load(address, align=self.item))

    def store(self, i: Index | int, x: Vector) -> None:
        """Store lanes to elements i, i + 1, ...; a longer vector takes more elements."""
        address = self.b.bitcast(self._address(i, x.type.count), x.type.as_pointer())
        self.b.store(x.value, address, align=self.item)

    def stream(self, i: Index | int, x: Vector) -> None:
        """As `store`, past the cache if the processor can; element i is at a multiple of the vector's size.

        Other threads may see it late: `simd.fence` has to follow.
        """
        address = self.b.bitcast(self._address(i, x.type.count), x.type.as_pointer())
        store = self.b.store(x.value, address, align=x.type.count * self.item)
        if HAS_STREAMING_STORES:
            store.set_metadata("nontemporal", self.b.module.add_metadata([ir.Constant(I32, 1)]))

    def prefetch(self, i: Index | int) -> None:
        """Ask for the cache line of element i, which will be written soon."""
        line = self.b.bitcast(self._address(i), ir.IntType(8).as_pointer())
        signature = ir.FunctionType(ir.VoidType(), [line.type, I32, I32, I32])
        write, keep, data = (ir.Constant(I32, x) for x in (1, 3, 1))
        function = self.b.module.declare_intrinsic("llvm.prefetch", [line.type], signature)
        self.b.call(function, [line, write, keep, data])

    def splat(self, i: Index | int) -> Vector:
        """Element i in every lane."""
        return spread(self.b, self.b.load(self._address(i)), self.lanes)

    def index(self, i: Index | int) -> Index:
        """Element i of an array of integers."""
        return Index(self.b, self.b.sext(self.b.load(self._address(i)), I64))

    def put(self, i: Index | int, scalar: Any) -> None:
        """Store one element."""
        self.b.store(scalar, self._address(i))

    def number(self, x: Number | float) -> Vector:
        """A plain number or a `Number` in every lane of a vector of this array's type."""
        if isinstance(x, Number):
            narrow = x.value.type != self.vector.element
            return spread(
                self.b, self.b.fptrunc(x.value, self.vector.element) if narrow else x.value, self.lanes
            )
        return Vector(
            self.b, ir.Constant(self.vector, [ir.Constant(self.vector.element, float(x))] * self.lanes)
        )


#: The body of a loop: the number of the round and the registers, to the registers after it.
Step: TypeAlias = Callable[[Index, list[Vector]], list[Vector]]


def accumulate(count: Index, start: list[Vector], step: Step) -> list[Vector]:
    """Registers carried through a loop: x = step(i, x) for i = 0 .. count - 1, from x = start."""
    b = count.b
    kept = [cgutils.alloca_once(b, x.type) for x in start]
    for address, x in zip(kept, start, strict=True):
        b.store(x.value, address)
    with cgutils.for_range(b, count.value) as loop:
        for address, x in zip(
            kept, step(Index(b, loop.index), [Vector(b, b.load(a)) for a in kept]), strict=True
        ):
            b.store(x.value, address)
    return [Vector(b, b.load(a)) for a in kept]


def _wrap(context, builder, kind, value):
    if isinstance(kind, types.Array):
        if kind.ndim != 1 or kind.layout != "C":
            raise TypeError(f"a lane operation takes flat contiguous arrays, not {kind}")
        return Memory(context, builder, kind, value)
    if isinstance(kind, types.Integer):
        return Index(builder, value if kind.bitwidth == 64 else builder.sext(value, I64))  # type: ignore[attr-defined]
    return Number(builder, value)


def lane_op(body: Callable[..., None]) -> LaneOp:
    """Make `body` callable from kernels, with flat arrays, integers and floats."""

    def op(*args):
        raise TypeError(f"{body.__name__} works inside kernels only")

    op.__name__ = op.__qualname__ = body.__name__
    op.__doc__ = body.__doc__

    class Template(AbstractTemplate):
        key = op

        def generic(self, args, kws):
            return signature(types.void, *args)

    builtin_registry.register_global(op, types.Function(Template))

    @lower_builtin(op, types.VarArg(types.Any))  # type: ignore[attr-defined]
    def lower(context, builder, sig, args):
        body(*[_wrap(context, builder, kind, value) for kind, value in zip(sig.args, args, strict=True)])
        return context.get_dummy_value()

    return op
