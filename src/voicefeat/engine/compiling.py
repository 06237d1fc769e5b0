"""How numba compiles a kernel: all of its functions are optimised together, and become machine code once.

By itself numba optimises each function three times and emits its machine code; then it links the functions
that it calls into it and does the same with all of them again, so that the passes of a transform, which lie
four calls deep, were compiled four times. Here functions that only kernels call stay as they were written
(`Inner`), and the kernel that Python calls is optimised once, with all of them (`Whole`). Its level is its
own: neither numba's settings nor the code of the user's own functions change.

This uses parts of numba that it does not document. `NAMES` lists them; where one is missing, kernels are
compiled as numba compiles everything else.
"""

from __future__ import annotations

import importlib
from functools import reduce
from typing import Any, ClassVar

from llvmlite import binding as llvm
from numba.core import codegen, compiler

from .garbage import no_collection
from .notice import NOTICE

#: The level of LLVM's passes. At 2, which compiles sooner, kernels of plain loops such as those of `pyin` are
#: slower; those whose loops are over lanes are not.
LEVEL, LANE_LEVEL = 3, 2
#: What this file uses of numba, and what `jit` uses to keep kernels: modules, and names in them.
NAMES = {
    "numba.core.codegen": [
        "JITCodeLibrary._optimize_functions",
        "JITCodeLibrary._optimize_final_module",
        "JITCodeLibrary._finalize_final_module",
        "JITCodeLibrary.codegen",
        "JITCodeLibrary.enable_object_caching",
        "JITCodeLibrary.get_defined_functions",
        "JITCodeLibrary._get_compiled_object",
        "JITCodeLibrary._get_module_for_linking",
        "JITCodeLibrary._set_compiled_object",
        "JitEngine._load_defined_symbols",
        "JITCPUCodegen._module_pass_manager",
        "JITCPUCodegen._pass_builder",  # not before numba 0.62, where the one above gives something else
    ],
    "numba.core.compiler": ["Compiler.compile_extra", "compile_result"],
    "numba.core.caching": [
        "_CacheLocator",
        "CompileResultCacheImpl.reduce",
        "CompileResultCacheImpl.get_filename_base",
        "FunctionCache._index_key",
        "FunctionCache._load_overload",
        "FunctionCache._save_overload",
        "IndexDataCacheFile._open_for_write",
    ],
    "numba.core.cpu": ["CPUContext.get_executable"],
    "numba.core.runtime._nrt_python": ["c_helpers"],
    "numba.core.options": [
        "DefaultOptions.no_cfunc_wrapper",
        "DefaultOptions.no_cpython_wrapper",
        "DefaultOptions._nrt",
    ],
    "numba.extending": ["register_jitable"],
}


def missing() -> list[str]:
    """Those of `NAMES` that the installed numba does not have."""
    absent = []
    for module, names in NAMES.items():
        for name in names:
            try:
                reduce(getattr, name.split("."), importlib.import_module(module))
            except (ImportError, AttributeError):
                absent.append(f"{module}.{name}")
    return absent


#: Whether kernels are compiled as described above.
TOGETHER: bool = not missing()


class _Library(codegen.JITCodeLibrary):
    """The LLVM module of one function. What it finds in numba's own class it leaves for the last step."""

    def _optimize_functions(self, ll_module):
        ll_module.data_layout = self._codegen._data_layout


class Inner(_Library):
    """A function that only kernels call: its instructions as they were written, and no machine code."""

    class _NoEnvironment:
        """Stands for the code generator, which would look for the environment in the machine code."""

        @staticmethod
        def set_env(name, environment):
            """Do nothing."""

    codegen = _NoEnvironment

    def _optimize_final_module(self):
        """Do nothing: the kernel is optimised."""

    def _finalize_final_module(self):
        self._finalized = True


class Whole(_Library):
    """A kernel, with all functions that it calls."""

    level = LEVEL

    def _optimize_final_module(self):
        passes, builder = self._codegen._module_pass_manager(opt=self.level)
        passes.run(self._final_module, builder)


class WholeLanes(Whole):
    """A kernel whose loops are over lanes."""

    level = LANE_LEVEL


class Loaded(codegen.JITCodeLibrary):
    """A kernel that was kept: its machine code, and its instructions for kernels that call it by its name.

    numba would read the instructions at once, which takes longer than all else that loading does.
    """

    def __init__(self, generator: Any, name: str, machine_code: bytes, bitcode: bytes, symbols: list[str]):
        super().__init__(generator, name)
        self.bitcode: bytes = bitcode
        self.module: Any = None
        self.enable_object_caching()
        self._set_compiled_object(machine_code)
        self._finalize_final_module()
        generator._engine._defined_symbols.update(symbols)

    def _get_module_for_linking(self):
        if self.module is None:
            self.module = llvm.parse_bitcode(self.bitcode)
        return self.module


class WholeCompiler(compiler.Compiler):
    """numba's compiler, which gives each kernel a library of ours."""

    library: Any = Whole

    begun: ClassVar[bool] = False

    def __init__(self, *arguments: Any) -> None:
        first, WholeCompiler.begun = not WholeCompiler.begun, True
        with no_collection(kept=first):  # the first one loads most of numba
            super().__init__(*arguments)

    def compile_extra(self, func: Any) -> Any:
        state = self.state
        state.library = self.library(state.targetctx.codegen(), func.__qualname__)
        state.library.enable_object_caching()
        with no_collection(), NOTICE.compiling():
            return super().compile_extra(func)


class LaneCompiler(WholeCompiler):
    """The same for kernels whose loops are over lanes."""

    library = WholeLanes


class InnerCompiler(WholeCompiler):
    """The same for functions that only kernels call."""

    library = Inner


#: Options of numba's decorators. The wrappers left out are those that no one calls: Python calls a kernel by
#: its dispatcher, and kernels call each other directly.
WHOLE: dict[str, Any] = {"pipeline_class": WholeCompiler, "no_cfunc_wrapper": True} if TOGETHER else {}
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
#: Without numba's counting of references to arrays, which only what allocates some needs.
LANES: dict[str, Any] = {**WHOLE, "_nrt": False}
INNER_LANES: dict[str, Any] = {**INNER, "_nrt": False}
if TOGETHER:
    LANES["pipeline_class"], INNER_LANES["pipeline_class"] = LaneCompiler, InnerCompiler
    INNER["pipeline_class"] = InnerCompiler
