"""Which simulator runs what: the cheapest by estimate of those that can, or the one asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from threading import Lock
from weakref import WeakKeyDictionary

from backline.engines.gates.aer_costs import product_state_estimate, stabilizer_estimate
from backline.engines.gates.program import Program
from backline.engines.gates.reading import Part, Reading
from backline.engines.gates.simulators import OWN_METHODS, Simulator, simulators
from backline.errors import CapabilityError

AUTOMATIC = (None, "automatic")
_AER = "aer"


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
        if method == "stim":  # a platform without it
            return Plan(None, "stabilizer", {}, "asked for stim, which is not installed here")
        return Plan(None, method, {}, "asked for")
    for part in reading.parts:
        reason = _refusal(simulator, part)
        if reason is not None:
            able = [m for m, other in simulators().items() if _can_all(other, reading)]
            raise CapabilityError(
                f"method {method!r} cannot run circuit {name!r}: it has {reason}. "
                f"Methods that can: {', '.join(able) or 'those of Aer'}, or leave method=None"
            )
    seconds = sum(_estimate(simulator, part, shots) for part in reading.parts)
    return Plan((simulator,) * len(reading.parts), None, {method: seconds}, "asked for")


def _cheapest(reading: Reading, shots: int) -> Plan:
    table = [_estimates(part, shots) for part in reading.parts]
    totals = {
        method: sum(estimates[method] for estimates in table)
        for method in simulators()
        if all(method in estimates for estimates in table)
    }
    estimates = totals | _of_aer(reading, shots)
    if all(table):
        best = [min(entry, key=entry.__getitem__) for entry in table]
        if len(set(best)) > 1:
            estimates["mixed"] = sum(e[m] for e, m in zip(table, best, strict=True))
        choices = tuple(simulators()[method] for method in best)
        own = estimates.get("mixed", estimates.get(best[0], inf)) if best else 0.0
        cheaper = min(_of_aer(reading, shots).values(), default=inf)
        if own <= cheaper:
            return Plan(choices, None, estimates, "the least time by estimate")
    return _through_aer(reading, shots, estimates, able=all(table))


def _through_aer(
    reading: Reading, shots: int, estimates: Mapping[str, float], *, able: bool
) -> Plan:
    candidates = _of_aer(reading, shots)
    if able or candidates:
        best = min(candidates, key=candidates.__getitem__)
        reason = "the least time by estimate" if able else "too large for methods of our own"
        return Plan(None, best, estimates, reason)
    return Plan(None, None, estimates, "too large for methods of our own: Aer chooses")
