"""The vector type: kernels written lane by lane, one frame of the signal in each lane.

A body decorated with `lane_op` runs once, while a kernel is compiled. Its arrays arrive as `Memory`,
its integers as `Index`, its floats as `Vector` (the same number in every lane), and what it does with
them becomes machine instructions in the calling kernel: operators are written as mathematics, Python
loops are unrolled, nothing is left for the compiler to vectorise. `fma` is explicit and no
fast-math flag is set, so a result does not depend on how many lanes there are.
"""
import os

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, builtin_registry, signature

I64 = ir.IntType(64)
FLOATS = {types.float32: ir.FloatType(), types.float64: ir.DoubleType()}


def _host_features():
    if config.CPU_FEATURES is not None:
        return config.CPU_FEATURES
    return llvm.get_host_cpu_features().flatten()


FEATURES = _host_features()
HAS_FMA = "+fma" in FEATURES or "+neon" in FEATURES


def _lanes() -> int:
    chosen = os.environ.get("VOICEFEAT_LANES")
    if chosen:
        return int(chosen)
    if "+avx512f" in FEATURES:
        return 16
    return 8 if "+avx2" in FEATURES or "+neon" in FEATURES else 4


#: Lanes of a float32 vector; float64 takes half.
LANES32 = _lanes()


def lanes(itemsize: int) -> int:
    return LANES32 * 4 // itemsize


class Vector:
    """One value a lane; all operators work lane by lane."""

    def __init__(self, builder, value):
        self.b, self.value = builder, value

    @property
    def type(self):
        return self.value.type

    def constant(self, x):
        return Vector(self.b, ir.Constant(self.type, [ir.Constant(self.type.element, float(x))] * self.type.count))

    def _wrap(self, x):
        return x if isinstance(x, Vector) else self.constant(x)

    def __add__(self, other):
        return Vector(self.b, self.b.fadd(self.value, self._wrap(other).value))

    def __sub__(self, other):
        return Vector(self.b, self.b.fsub(self.value, self._wrap(other).value))

    def __mul__(self, other):
        return Vector(self.b, self.b.fmul(self.value, self._wrap(other).value))

    def __neg__(self):
        return Vector(self.b, self.b.fneg(self.value))


def fma(x, y, z):
    """x * y + z, rounded once (twice on a processor without the instruction)."""
    if not HAS_FMA:
        return x * y + z
    name = f"llvm.fma.v{x.type.count}f{32 if isinstance(x.type.element, ir.FloatType) else 64}"
    f = cgutils.get_or_insert_function(x.b.module, ir.FunctionType(x.type, [x.type] * 3), name)
    return Vector(x.b, x.b.call(f, [x.value, y.value, z.value]))


def maximum(x, y):
    return Vector(x.b, x.b.select(x.b.fcmp_ordered(">", x.value, y.value), x.value, y.value))


class Index:
    def __init__(self, builder, value):
        self.b, self.value = builder, value

    def _wrap(self, x):
        return x.value if isinstance(x, Index) else ir.Constant(I64, x)

    def __add__(self, o):
        return Index(self.b, self.b.add(self.value, self._wrap(o)))
    __radd__ = __add__

    def __sub__(self, o):
        return Index(self.b, self.b.sub(self.value, self._wrap(o)))

    def __mul__(self, o):
        return Index(self.b, self.b.mul(self.value, self._wrap(o)))
    __rmul__ = __mul__


class Memory:
    """A flat array argument."""

    def __init__(self, context, builder, array_type, array):
        self.b, self.context = builder, context
        self.dtype = array_type.dtype
        struct = context.make_array(array_type)(context, builder, array)
        self.data = struct.data
        self.size = builder.extract_value(struct.shape, 0) if False else None
        self.element = FLOATS.get(self.dtype)
        if self.element is not None:
            self.lanes = lanes(self.dtype.bitwidth // 8)
            self.vector = ir.VectorType(self.element, self.lanes)

    def _at(self, i):
        return self.b.gep(self.data, [i.value if isinstance(i, Index) else ir.Constant(I64, i)])

    def load(self, i):
        p = self.b.bitcast(self._at(i), self.vector.as_pointer())
        return Vector(self.b, self.b.load(p, align=self.dtype.bitwidth // 8))

    def store(self, i, v):
        p = self.b.bitcast(self._at(i), self.vector.as_pointer())
        self.b.store(v.value, p, align=self.dtype.bitwidth // 8)

    def splat(self, i):
        return splat(self.b, self.b.load(self._at(i)), self.lanes)

    def index(self, i):
        return Index(self.b, self.b.sext(self.b.load(self._at(i)), I64))


def splat(b, scalar, n):
    undefined = ir.Constant(ir.VectorType(scalar.type, n), ir.Undefined)
    one = b.insert_element(undefined, scalar, ir.Constant(ir.IntType(32), 0))
    return Vector(b, b.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(ir.IntType(32), n), [0] * n)))


def lane_op(body):
    """Make `body` callable from kernels with any arrays and integers."""
    def op(*args):
        raise TypeError(f"{body.__name__} works inside kernels only")
    op.__name__ = op.__qualname__ = body.__name__

    class Template(AbstractTemplate):
        key = op
        def generic(self, args, kws):
            return signature(types.void, *args)

    builtin_registry.register_global(op, types.Function(Template))

    @lower_builtin(op, types.VarArg(types.Any))
    def lower(context, builder, sig, args):
        wrapped = []
        for t, v in zip(sig.args, args):
            if isinstance(t, types.Array):
                wrapped.append(Memory(context, builder, t, v))
            elif isinstance(t, types.Integer):
                wrapped.append(Index(builder, v if t.bitwidth == 64 else builder.sext(v, I64)))
            else:
                wrapped.append(v)
        body(*wrapped)
        return context.get_dummy_value()
    return op
