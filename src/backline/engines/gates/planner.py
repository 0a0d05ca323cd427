"""Which simulator runs what: the cheapest by estimate of those that can, or the one asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite

from backline.engines.gates.aer_costs import product_state_estimate, stabilizer_estimate
from backline.engines.gates.program import Program
from backline.engines.gates.reading import Part, Reading
from backline.engines.gates.simulators import OWN_METHODS, Simulator, is_clifford, simulators
from backline.errors import CapabilityError

AUTOMATIC = (None, "automatic")
_AER = "aer"
_AERS_TOO = ("statevector", "density_matrix")
_WORTH_A_LOOK = 0.02  # s


@dataclass(frozen=True, slots=True)
class Plan:
    """How a circuit is run.

    Attributes:
        choices: A simulator for each part; None where Aer runs the whole circuit.
        aer_method: Aer's method; None lets Aer choose.
        estimates: Seconds of each method that can run all parts, and of "mixed", where parts
            are best run by different ones.
        reason: Why, for people.
    """

    choices: tuple[Simulator, ...] | None
    aer_method: str | None
    estimates: Mapping[str, float]
    reason: str

    @property
    def method(self) -> str | None:
        """Names of the methods, joined by "+" where they are several."""
        if self.choices is None:
            return self.aer_method
        return "+".join(dict.fromkeys(choice.method for choice in self.choices))

    @property
    def simulator(self) -> str:
        """Whose they are."""
        if self.choices is None:
            return _AER
        return "+".join(dict.fromkeys(choice.package for choice in self.choices))

    @property
    def seconds(self) -> float:
        """About how long it takes; infinite where nobody knows."""
        return self.estimates.get("mixed", self.estimates.get(self.method or "", inf))


def plan(reading: Reading, *, shots: int, method: str | None, name: str) -> Plan:
    """Choose.

    Args:
        reading: What is to be run.
        shots: How often.
        method: What the user asked for; None or "automatic" for the cheapest.
        name: Of the circuit, for messages.

    Raises:
        CapabilityError: If the method cannot run the circuit.
    """
    if method not in AUTOMATIC and method not in OWN_METHODS:
        return Plan(None, method, {}, "asked for")
    if reading.trouble is not None:
        return _beyond_programs(reading.trouble, method, name)
    if method not in AUTOMATIC and method is not None:
        return _as_asked(reading, shots, method, name)
    return _cheapest(reading, shots)


def _beyond_programs(trouble: str, method: str | None, name: str) -> Plan:
    if method in ("trajectories", "stim"):
        raise CapabilityError(
            f"method {method!r} cannot run circuit {name!r}: it has {trouble}, which only Aer's "
            "methods know: leave method=None"
        )
    return Plan(None, None if method in AUTOMATIC else method, {}, f"only Aer knows {trouble}")


def _as_asked(reading: Reading, shots: int, method: str, name: str) -> Plan:
    simulator = simulators().get(method)
    if simulator is None:
        # Aer stands in for what is not there, as Stim on platforms without its wheels.
        return Plan(None, "stabilizer" if method == "stim" else method, {}, "asked for")
    for part in reading.parts:
        reason = simulator.refusal(part.program)
        if reason is None and not isfinite(simulator.estimate(part.like, shots)):
            if method in _AERS_TOO:
                return Plan(None, method, {}, "asked for, and too much for methods of our own")
            reason = f"{part.program.num_qubits} connected qubits, which is too many"
        if reason is not None:
            able = _totals([_estimates(part, shots) for part in reading.parts])
            raise CapabilityError(
                f"method {method!r} cannot run circuit {name!r}: it has {reason}. "
                f"Methods that can: {', '.join([*able, 'matrix_product_state'])}; method=None "
                "takes the cheapest"
            )
    seconds = sum(simulator.estimate(part.like, shots) for part in reading.parts)
    return Plan((simulator,) * len(reading.parts), None, {method: seconds}, "asked for")


def _cheapest(reading: Reading, shots: int) -> Plan:
    table = [_estimates(part, shots) for part in reading.parts]
    best = [min(entry, key=entry.__getitem__) for entry in table if entry]
    estimates = _totals(table)
    own = inf
    if len(best) == len(table):
        own = sum(entry[method] for entry, method in zip(table, best, strict=True))
        if len(set(best)) > 1:
            estimates["mixed"] = own
    if not isfinite(own):
        return Plan(None, None, estimates, "no method of our own can: Aer chooses among its own")
    # Aer's way costs some milliseconds of conversion: what is quicker needs no comparison.
    others = {} if own < _WORTH_A_LOOK else _of_aer(reading, shots)
    estimates |= others
    if own <= min(others.values(), default=inf):
        choices = tuple(simulators()[method] for method in best)
        return Plan(choices, None, estimates, "least time by estimate")
    return Plan(None, min(others, key=others.__getitem__), estimates, "least time by estimate")


def _totals(table: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Seconds of each method that can run all parts."""
    return {
        method: sum(entry[method] for entry in table)
        for method in simulators()
        if all(method in entry for entry in table)
    }


def _estimates(part: Part, shots: int) -> dict[str, float]:
    """Seconds of each simulator that can run a part."""
    return {
        method: seconds
        for method, simulator in simulators().items()
        if simulator.refusal(part.program) is None
        and isfinite(seconds := _estimate(simulator, part.like, shots))
    }


@lru_cache(maxsize=1024)
def _estimate(simulator: Simulator, program: Program, shots: int) -> float:
    return simulator.estimate(program, shots)


def _of_aer(reading: Reading, shots: int) -> dict[str, float]:
    """Seconds of Aer's methods for wide circuits, as far as they can run the circuit."""
    programs = [part.like for part in reading.parts]
    found = {"matrix_product_state": sum(product_state_estimate(p, shots) for p in programs)}
    if all(is_clifford(part.program) for part in reading.parts):
        found["stabilizer"] = sum(stabilizer_estimate(p, shots) for p in programs)
    return {method: seconds for method, seconds in found.items() if isfinite(seconds)}
