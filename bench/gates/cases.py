"""What is measured, and what is to be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import circuits

Few = tuple[int, ...]
"""Shots that are really run where all would take minutes: one number, or two for a straight line
through both."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something to measure.

    Attributes:
        name: Short.
        title: In words.
        device: Name of the snapshot, "mumbai" for `FakeMumbaiV2`.
        circuits: Made for the fake; the same for all sides.
        shots: Of each circuit.
        plain: Shots of plain Aer, where not all; None to leave it out.
        lean: Aer's methods with noise by hand, and the shots of each where not all.
        pauli: Whether the device is taken without T1 and T2.
        ratio: How many times faster than plain Aer ours has to be.
        seconds: How many ours may take.
        others: Circuits of each round, which nobody has run before; None for the same ones again.
        binds: Values for the circuits' parameters, as `parameter_binds`.
        rounds: How often each side runs, after one run that does not count.
        options: Of our run, beside `idle_noise=False`.
    """

    name: str
    title: str
    device: str
    circuits: Callable[[Any], list[Any]]
    shots: int
    plain: Few | None = ()
    lean: Mapping[str, Few] = field(default_factory=dict)
    pauli: bool = False
    ratio: float | None = None
    seconds: float | None = None
    others: Callable[[Any, int], list[Any]] | None = None
    binds: Callable[[list[Any]], list[dict[Any, Any]]] | None = None
    rounds: int = 7
    options: Mapping[str, Any] = field(default_factory=dict)


def _layered(width: int) -> Callable[[Any], list[Any]]:
    return lambda fake: [circuits.layered(fake, width)]


_BELLS = [
    Case(
        name=f"bell{width}",
        title=f"Bell pair on {width} qubits, second run",
        device=device,
        circuits=circuits.bell,
        shots=1024,
        lean={"density_matrix": ()},
        ratio=ratio,
    )
    for width, device, ratio in ((27, "mumbai", 10), (127, "sherbrooke", 100), (133, "torino", 200))
]

CASES = {
    case.name: case
    for case in (
        *_BELLS,
        Case(
            name="all27",
            title="`measure_all` on 27 qubits, two of them used, 4,000 shots",
            device="mumbai",
            circuits=circuits.bell_all_measured,
            shots=4000,
            plain=(1,),
            seconds=0.1,
            rounds=1,
        ),
        Case(
            name="eight",
            title="8 qubits, 10 layers, 10,000 shots",
            device="mumbai",
            circuits=_layered(8),
            shots=10_000,
            lean={"density_matrix": ()},
            ratio=0.95,
        ),
        Case(
            name="ten",
            title="10 qubits, 10 layers, 1,000 shots",
            device="mumbai",
            circuits=_layered(10),
            shots=1000,
            lean={"density_matrix": (), "statevector": ()},
            ratio=30,
            rounds=3,
        ),
        Case(
            name="twelve",
            title="12 qubits, 10 layers, 4,000 shots",
            device="mumbai",
            circuits=_layered(12),
            shots=4000,
            plain=(20, 120),
            lean={"statevector": (20, 120)},
            ratio=40,
            rounds=3,
        ),
        *(
            Case(
                name=f"fifteen{shots}",
                title=f"15 qubits, 10 layers, {shots:,} shots",
                device="mumbai",
                circuits=_layered(15),
                shots=shots,
                plain=(5, 45),
                lean={"statevector": (5, 45)},
                ratio=ratio,
                rounds=2,
            )
            for shots, ratio in ((1000, 10), (10_000, 20))
        ),
        Case(
            name="twenty",
            title="20 qubits, 10 layers, 100 shots",
            device="mumbai",
            circuits=_layered(20),
            shots=100,
            plain=(1, 4),
            lean={"statevector": (1, 4), "matrix_product_state": (1, 11)},
            ratio=6,
            rounds=2,
        ),
        Case(
            name="clifford",
            title="Clifford with Pauli noise, 127 qubits, 10 layers, 10,000 shots",
            device="sherbrooke",
            circuits=circuits.clifford,
            shots=10_000,
            plain=(10, 110),
            lean={"stabilizer": (10, 110)},
            pauli=True,
            ratio=500,
            rounds=3,
        ),
        Case(
            name="thousand",
            title="1,000 noisy 5-qubit circuits, 4 layers, 1,024 shots, new ones in every round",
            device="manila",
            circuits=circuits.small_ones,
            others=lambda fake, turn: circuits.small_ones(fake, turn=turn),
            shots=1024,
            lean={"density_matrix": ()},
            ratio=3,
            rounds=3,
        ),
        Case(
            name="again",
            title="one of these 5-qubit circuits again",
            device="manila",
            circuits=partial(circuits.small_ones, number=1),
            shots=1024,
            lean={"density_matrix": ()},
        ),
        Case(
            name="sweep",
            title="one of these 5-qubit circuits with 1,000 values of a parameter",
            device="manila",
            circuits=circuits.unbound,
            binds=circuits.angles,
            shots=1024,
            rounds=3,
        ),
        Case(
            name="ten_trajectories",
            title="10 qubits, 1,000 shots again, by `method='trajectories'`",
            device="mumbai",
            circuits=_layered(10),
            shots=1000,
            plain=None,
            rounds=3,
            options={"method": "trajectories"},
        ),
        Case(
            name="thousand27",
            title="200 noisy 5-qubit circuits on a 27-qubit device, 1,024 shots",
            device="mumbai",
            circuits=partial(circuits.small_ones, number=200),
            others=lambda fake, turn: circuits.small_ones(fake, 200, turn),
            shots=1024,
            lean={"density_matrix": ()},
            rounds=3,
        ),
    )
}

FIRST = "sherbrooke"
"""Device of the first run in a fresh process."""

FIRST_RATIO = 3.0
