"""Vector instructions, written out for compiled loops.

A compiler that finds them by itself first makes sure, for each loop, that rows do not overlap,
which took most of the time of states of few sites. Arrays are given by their addresses, as plain
integers: no references are counted then.

numba looks for changes in the file of a compiled function alone: who changes this one should empty
the `__pycache__` beside it.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic

from backline.engines.pulses.tiles import VECTOR

_FLAGS = ("contract", "nsz")  # a product and a sum may be one instruction

OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": set(_FLAGS)}
"""Of all compiled functions of this engine."""

_TOGETHER = (5, 4, 1)  # vectors that are summed up at once, while their weight is at hand

_INDEX = ir.IntType(64)
_LANES = ir.VectorType(ir.DoubleType(), VECTOR)
_NONE = ir.Constant(_LANES, ir.Undefined)


def _lanes(numbers: list[int]) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers)


def _access(builder: Any, address: Any) -> tuple[Any, Any]:
    """How vectors are loaded from numbers in memory and stored there, by the first one's index."""
    numbers = builder.inttoptr(address, ir.DoubleType().as_pointer())

    def pointer(place: Any) -> Any:
        return builder.bitcast(builder.gep(numbers, [place]), _LANES.as_pointer())

    def load(place: Any) -> Any:
        return builder.load(pointer(place), align=8)

    def store(vector: Any, place: Any) -> None:
        builder.store(vector, pointer(place), align=8)

    return load, store


def _every(builder: Any, address: Any, k: Any) -> Any:
    """A vector all of whose lanes are one of the numbers at an address."""
    numbers = builder.inttoptr(address, ir.DoubleType().as_pointer())
    number = builder.load(builder.gep(numbers, [k]))
    vector = builder.insert_element(_NONE, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(vector, _NONE, _lanes([0] * VECTOR))


@intrinsic
def address_of(_context, array):  # type: ignore[no-untyped-def]
    """Where the numbers of an array without gaps are; no reference to it is counted."""
    if array.layout != "C":
        raise TypingError("the array has gaps")

    def made(context, builder, signature, given):  # type: ignore[no-untyped-def]
        data = context.make_array(signature.args[0])(context, builder, given[0]).data
        return builder.ptrtoint(data, _INDEX)

    return types.int64(array), made


@intrinsic
def get(_context, address, place):  # type: ignore[no-untyped-def]
    """One of the numbers at an address."""

    def made(_context, builder, _signature, given):  # type: ignore[no-untyped-def]
        numbers = builder.inttoptr(given[0], ir.DoubleType().as_pointer())
        return builder.load(builder.gep(numbers, [given[1]]))

    return types.float64(address, place), made


@intrinsic
def put(_context, address, place, number):  # type: ignore[no-untyped-def]
    """Write one of the numbers at an address."""

    def made(context, builder, _signature, given):  # type: ignore[no-untyped-def]
        numbers = builder.inttoptr(given[0], ir.DoubleType().as_pointer())
        builder.store(given[2], builder.gep(numbers, [given[1]]))
        return context.get_dummy_value()

    return types.void(address, place, number), made


def gate(*sizes: int, real: bool = False) -> Any:
    """What applies one gate to a tile, in place.

    Args:
        sizes: Rows of each of its blocks.
        real: Whether the blocks' entries are.

    Returns:
        Of (state, first, plane, rows, entries, loops): the address of both planes' numbers, the
        index of the tile's first, how much further imaginary parts are, what to add for each row
        of one block after another, the address of their complex entries, and (n0, s0, n1, s1,
        length): for i < n0 and j < n1, on `length` neighbours from i s0 + j s1 on.
    """

    @intrinsic
    def apply(_context, state, first, plane, rows, entries, loops):  # type: ignore[no-untyped-def]
        def made(context, builder, _signature, given):  # type: ignore[no-untyped-def]
            state, first, plane, rows, entries, loops = given
            load, store = _access(builder, state)

            def every(k: int) -> Any:
                return _every(builder, entries, ir.Constant(_INDEX, k))

            def add(total: Any, factor: Any, vector: Any) -> Any:
                product = builder.fmul(factor, vector, flags=_FLAGS)
                return builder.fadd(total, product, flags=_FLAGS) if total else product

            def subtract(total: Any, factor: Any, vector: Any) -> Any:
                product = builder.fmul(factor, vector, flags=_FLAGS)
                return builder.fsub(total, product, flags=_FLAGS)

            def apply_to(place: Any) -> None:
                begin = first_row = 0
                for size in sizes:
                    members = range(first_row, first_row + size)
                    places = [builder.add(place, builder.extract_value(rows, k)) for k in members]
                    others = [builder.add(plane, place) for place in places]
                    x, y = [load(place) for place in places], [load(place) for place in others]
                    for i in range(size):
                        u = v = None
                        for j in range(size):
                            entry = begin + 2 * (i * size + j)
                            a = every(entry)
                            u, v = add(u, a, x[j]), add(v, a, y[j])
                            if not real:
                                b = every(entry + 1)
                                u, v = subtract(u, b, y[j]), add(v, b, x[j])
                        store(u, places[i])
                        store(v, others[i])
                    begin, first_row = begin + 2 * size**2, first_row + size

            n0, s0, n1, s1, length = (builder.extract_value(loops, k) for k in range(5))
            with cgutils.for_range(builder, n0) as outer:
                begin = builder.add(first, builder.mul(outer.index, s0))
                with cgutils.for_range(builder, n1) as inner:
                    start = builder.add(begin, builder.mul(inner.index, s1))
                    stop, step = builder.add(start, length), ir.Constant(_INDEX, VECTOR)
                    with cgutils.for_range_slice(builder, start, stop, step) as (place, _):
                        apply_to(place)
            return context.get_dummy_value()

        return types.void(state, first, plane, rows, entries, loops), made

    return apply


@intrinsic
def turn_square(_context, source, start, step, other, target, to, put, plane):  # type: ignore[no-untyped-def]
    """Write as columns what are rows of a square whose side is a vector, of both planes.

    Args:
        source: Address of numbers.
        start: Where the first row begins among them.
        step: From there to the next.
        other: How much further imaginary parts are.
        target: Address of numbers.
        to: Where the first row of what comes out begins.
        put: From there to the next.
        plane: How much further imaginary parts are.
    """

    def made(context, builder, _signature, given):  # type: ignore[no-untyped-def]
        source, start, step, other, target, to, put, plane = given
        load, _ = _access(builder, source)
        _, store = _access(builder, target)

        def mix(a: Any, b: Any, numbers: list[int]) -> Any:
            return builder.shuffle_vector(a, b, _lanes(numbers))

        def turn(start: Any, to: Any) -> None:
            rows = []
            for _ in range(VECTOR):
                rows.append(load(start))
                start = builder.add(start, step)
            even, odd, low, high = [0, 4, 2, 6], [1, 5, 3, 7], [0, 1, 4, 5], [2, 3, 6, 7]
            a, b, c, d = (
                mix(one, two, numbers)
                for one, two in (rows[:2], rows[2:])
                for numbers in (even, odd)
            )
            for column in (mix(a, c, low), mix(b, d, low), mix(a, c, high), mix(b, d, high)):
                store(column, to)
                to = builder.add(to, put)

        turn(start, to)
        turn(builder.add(start, other), builder.add(to, plane))
        return context.get_dummy_value()

    return types.void(source, start, step, other, target, to, put, plane), made


@intrinsic
def weigh(_context, weights, apart, count, tables, width, target):  # type: ignore[no-untyped-def]
    """Write a weighted sum of rows.

    Args:
        weights: Address of numbers.
        apart: From one of them to the next.
        count: How many rows.
        tables: Address of the rows, one after another.
        width: Numbers of each: whole vectors.
        target: Address of what comes out.
    """

    def made(context, builder, _signature, given):  # type: ignore[no-untyped-def]
        weights, apart, count, tables, width, target = given
        load, _ = _access(builder, tables)
        _, store = _access(builder, target)

        def sum_up(first: Any, last: Any, vectors: int) -> None:
            """Some vectors of each row at once."""
            totals = [cgutils.alloca_once(builder, _LANES) for _ in range(vectors)]
            step = ir.Constant(_INDEX, vectors * VECTOR)
            with cgutils.for_range_slice(builder, first, last, step) as (place, _):
                for total in totals:
                    builder.store(ir.Constant(_LANES, [0.0] * VECTOR), total)
                with cgutils.for_range(builder, count) as row:
                    weight = _every(builder, weights, builder.mul(row.index, apart))
                    begin = builder.add(builder.mul(row.index, width), place)
                    for k, total in enumerate(totals):
                        numbers = load(builder.add(begin, ir.Constant(_INDEX, k * VECTOR)))
                        product = builder.fmul(weight, numbers, flags=_FLAGS)
                        added = builder.fadd(builder.load(total), product, flags=_FLAGS)
                        builder.store(added, total)
                for k, total in enumerate(totals):
                    place_of = builder.add(place, ir.Constant(_INDEX, k * VECTOR))
                    store(builder.load(total), place_of)

        done = zero = ir.Constant(_INDEX, 0)
        for vectors in _TOGETHER:
            size = ir.Constant(_INDEX, vectors * VECTOR)
            left = builder.sub(width, done)
            fits = builder.sub(left, builder.urem(left, size))
            if vectors == _TOGETHER[0]:  # or not at all
                fits = builder.select(builder.icmp_unsigned("==", fits, left), fits, zero)
            last = builder.add(done, fits)
            sum_up(done, last, vectors)
            done = last
        return context.get_dummy_value()

    return types.void(weights, apart, count, tables, width, target), made


@intrinsic
def interpolate(_context, places, nodes, factors, count, target):  # type: ignore[no-untyped-def]
    """Write the weights of all nodes at some places, by Lagrange's formula.

    Args:
        places: Address of numbers, as many as a vector has lanes.
        nodes: Address of numbers.
        factors: Address of one by the product of each node's distances from the others.
        count: How many nodes.
        target: Address of weights: of the first node at all places, of the second one, and so on.
    """

    def made(context, builder, _signature, given):  # type: ignore[no-untyped-def]
        places, nodes, factors, count, target = given
        zero = ir.Constant(_INDEX, 0)
        place = _access(builder, places)[0](zero)
        load, store = _access(builder, target)
        product = cgutils.alloca_once(builder, _LANES)

        def pass_by(node: Any) -> Any:
            before = builder.load(product)
            distance = builder.fsub(place, _every(builder, nodes, node))
            builder.store(builder.fmul(before, distance), product)
            return before

        builder.store(ir.Constant(_LANES, [1.0] * VECTOR), product)
        with cgutils.for_range(builder, count) as loop:
            weight = builder.fmul(_every(builder, factors, loop.index), pass_by(loop.index))
            store(weight, builder.mul(loop.index, ir.Constant(_INDEX, VECTOR)))
        builder.store(ir.Constant(_LANES, [1.0] * VECTOR), product)
        last = builder.sub(count, ir.Constant(_INDEX, 1))
        with cgutils.for_range(builder, count) as loop:
            node = builder.sub(last, loop.index)
            at = builder.mul(node, ir.Constant(_INDEX, VECTOR))
            store(builder.fmul(load(at), pass_by(node)), at)
        return context.get_dummy_value()

    return types.void(places, nodes, factors, count, target), made


@intrinsic
def multiply(_context, left, right, target, width, inner, lower):  # type: ignore[no-untyped-def]
    """Write the product of two square complex matrices.

    Each is two planes, real and imaginary parts, of `width` rows and columns: whole vectors.

    Args:
        left: Address of the left factor.
        right: Address of the right factor.
        target: Address of the product.
        width: Rows and columns.
        inner: How many columns of the left factor, and rows of the right one, there are to sum.
        lower: 1, or 0 where squares below the diagonal's are not wanted.
    """

    def made(context, builder, _signature, given):  # type: ignore[no-untyped-def]
        left, right, target, width, inner, lower = given
        load, _ = _access(builder, right)
        _, store = _access(builder, target)
        plane = builder.mul(width, width)
        begin, step = ir.Constant(_INDEX, 0), ir.Constant(_INDEX, VECTOR)
        sums = [[cgutils.alloca_once(builder, _LANES) for _ in range(2)] for _ in range(VECTOR)]

        def add(total: Any, a: Any, b: Any, *, minus: bool = False) -> None:
            change = builder.fsub if minus else builder.fadd
            product = builder.fmul(a, b, flags=_FLAGS)
            builder.store(change(builder.load(total), product, flags=_FLAGS), total)

        with cgutils.for_range_slice(builder, begin, width, step) as (top, _):
            rows = [
                builder.mul(builder.add(top, ir.Constant(_INDEX, k)), width) for k in range(VECTOR)
            ]
            first = builder.mul(top, builder.sub(ir.Constant(_INDEX, 1), lower))
            with cgutils.for_range_slice(builder, first, width, step) as (lane, _):
                for both in sums:
                    for total in both:
                        builder.store(ir.Constant(_LANES, [0.0] * VECTOR), total)
                with cgutils.for_range(builder, inner) as loop:
                    place = builder.add(builder.mul(loop.index, width), lane)
                    x, y = load(place), load(builder.add(place, plane))
                    for row, (re, im) in zip(rows, sums, strict=True):
                        entry = builder.add(row, loop.index)
                        a = _every(builder, left, entry)
                        b = _every(builder, left, builder.add(entry, plane))
                        add(re, a, x)
                        add(im, a, y)
                        add(re, b, y, minus=True)
                        add(im, b, x)
                for row, (re, im) in zip(rows, sums, strict=True):
                    place = builder.add(row, lane)
                    store(builder.load(re), place)
                    store(builder.load(im), builder.add(place, plane))
        return context.get_dummy_value()

    return types.void(left, right, target, width, inner, lower), made
