"""Vector instructions for blocks of two qubits, as LLVM code that loops call; see `blockwise`.

A vector is as many neighbouring numbers of a plane as fit into 256 bits. Its lanes differ in the
lowest qubits. Where a block acts on one of these, lanes change places (`_turned`), and coefficients
change from lane to lane; else all lanes are multiplied by the same one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Pair: TypeAlias = tuple[Any, Any]
"""Real and imaginary parts."""

_BYTES = 32
_FLAGS = ("contract", "nsz")


class _Emitter:
    """Writes code for one kind of numbers."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any) -> None:
        self._builder = builder
        self._args = args
        self._data = [
            context.make_array(kind)(context, builder, value=value).data
            for kind, value in zip(signature.args[:5], args[:5], strict=True)
        ]
        self._scalar = self._data[0].type.pointee
        width = 4 if isinstance(self._scalar, ir.FloatType) else 8
        self.lanes = _BYTES // width
        self._width = width
        self._vector = ir.VectorType(self._scalar, self.lanes)

    def index(self, number: int) -> Any:
        """One of the indices that were given."""
        return self._args[5 + number]

    def state(self, index: Any) -> Pair:
        """Amplitudes from an index on."""
        return self._load(self._data[2], index), self._load(self._data[3], index)

    def store(self, index: Any, value: Pair) -> None:
        """Write amplitudes from an index on."""
        for plane, part in zip(self._data[:2], value, strict=True):
            self._builder.store(part, self._at(plane, index), align=self._width)

    def coefficient(self, number: int, half: int) -> Pair:
        """A coefficient lane by lane, of which `half` are in the table."""
        real, imag = (
            ir.Constant(ir.IntType(64), place * self.lanes) for place in (number, half + number)
        )
        return self._load(self._data[4], real), self._load(self._data[4], imag)

    def same_coefficient(self, number: int, half: int) -> Pair:
        """A coefficient that is the same for all lanes."""
        return self._broadcast(number), self._broadcast(half + number)

    def turned(self, value: Pair, bit: int) -> Pair:
        """Lanes change places: those that differ in one bit."""
        order = [lane ^ (1 << bit) for lane in range(self.lanes)]
        mask = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), order)
        undefined = ir.Constant(self._vector, ir.Undefined)
        real, imag = (self._builder.shuffle_vector(v, undefined, mask) for v in value)
        return real, imag

    def sum(self, terms: list[tuple[Pair, Pair]]) -> Pair:
        """The sum of products of complex numbers."""
        b = self._builder
        real: Any = None
        imag: Any = None
        for (c, d), (x, y) in terms:
            if real is None:
                real, imag = b.fmul(c, x, flags=_FLAGS), b.fmul(c, y, flags=_FLAGS)
            else:
                real = b.fadd(real, b.fmul(c, x, flags=_FLAGS), flags=_FLAGS)
                imag = b.fadd(imag, b.fmul(c, y, flags=_FLAGS), flags=_FLAGS)
            real = b.fsub(real, b.fmul(d, y, flags=_FLAGS), flags=_FLAGS)
            imag = b.fadd(imag, b.fmul(d, x, flags=_FLAGS), flags=_FLAGS)
        return real, imag

    def _at(self, plane: Any, index: Any) -> Any:
        place = self._builder.gep(plane, [index])
        return self._builder.bitcast(place, self._vector.as_pointer())

    def _load(self, plane: Any, index: Any) -> Any:
        return self._builder.load(self._at(plane, index), align=self._width)

    def _broadcast(self, number: int) -> Any:
        b = self._builder
        place = b.gep(self._data[4], [ir.Constant(ir.IntType(64), number)])
        undefined = ir.Constant(self._vector, ir.Undefined)
        zero = ir.Constant(ir.IntType(32), 0)
        single = b.insert_element(undefined, b.load(place), zero)
        mask = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), None)
        return b.shuffle_vector(single, undefined, mask)


@intrinsic
def four_vectors(typingctx, out_re, out_im, re, im, table, i0, i1, i2, i3):  # type: ignore[no-untyped-def]
    """A block of which neither qubit lies within vectors, on four of these."""

    def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
        code = _Emitter(context, builder, signature, args)
        found = [code.state(code.index(k)) for k in range(4)]
        for row in range(4):
            terms = [(code.same_coefficient(4 * row + k, 16), found[k]) for k in range(4)]
            code.store(code.index(row), code.sum(terms))
        return context.get_dummy_value()

    return types.void(out_re, out_im, re, im, table, i0, i1, i2, i3), emit


def two_vectors(bit: int) -> Callable[..., None]:
    """A block of which the lower qubit is one bit of the lanes, on two vectors."""

    @intrinsic
    def step(typingctx, out_re, out_im, re, im, table, i0, i1):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            code = _Emitter(context, builder, signature, args)
            found = []
            for k in range(2):
                own = code.state(code.index(k))
                found += [own, code.turned(own, bit)]
            for row in range(2):
                terms = [(code.coefficient(4 * row + k, 8), found[k]) for k in range(4)]
                code.store(code.index(row), code.sum(terms))
            return context.get_dummy_value()

        return types.void(out_re, out_im, re, im, table, i0, i1), emit

    return step


def one_vector(low: int, high: int) -> Callable[..., None]:
    """A block of which both qubits are bits of the lanes, on one vector."""

    @intrinsic
    def step(typingctx, out_re, out_im, re, im, table, i0):  # type: ignore[no-untyped-def]
        def emit(context, builder, signature, args):  # type: ignore[no-untyped-def]
            code = _Emitter(context, builder, signature, args)
            own = code.state(code.index(0))
            one, two = code.turned(own, low), code.turned(own, high)
            found = [own, one, two, code.turned(one, high)]
            terms = [(code.coefficient(k, 4), found[k]) for k in range(4)]
            code.store(code.index(0), code.sum(terms))
            return context.get_dummy_value()

        return types.void(out_re, out_im, re, im, table, i0), emit

    return step
