"""Expectation values of observables at the end of circuits, in the form of Qiskit's primitives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import ceil
from numbers import Real
from typing import Any

from qiskit.primitives import BaseEstimatorV2, PrimitiveResult, PubResult
from qiskit.primitives.containers.estimator_pub import EstimatorPub

from backline.backends import BackendBase, DeviceBackend
from backline.engines.seeds import spawned
from backline.errors import CapabilityError, OptionValueError
from backline.jobs import raise_if_stopping
from backline.primitives.bases import Turner
from backline.primitives.estimator_pubs import LaidOut, laid_out
from backline.primitives.exact_values import exact_values
from backline.primitives.given import OnBackend, coerced
from backline.primitives.job import PrimitiveJob
from backline.primitives.measured_values import measurement_of

_FORM = "(circuit, observables, parameter values, precision), the last two optional"
_MOST_SHOTS = 2**31 - 1


class EstimatorV2(OnBackend, BaseEstimatorV2):
    """Estimates expectation values on a backend.

    With a precision of 0, which is the default, values are exact: they come from the state in
    which the circuit ends, with the noise of its gates and waiting times. Nothing is measured
    then, so that wrong readings play no part.

    With a precision above 0 they are measured, as on hardware: observables are taken apart into
    Paulis, those that agree on every qubit are measured together after turning the basis with the
    device's own gates, and each basis takes ceil(1 / precision²) shots. So the standard error of a
    single Pauli is at most the precision, and `stds` has what the shots show. Gates that turn the
    basis are as noisy as others, and wrong readings pull values towards what is read more often:
    the option `readout_noise=False` leaves these out.

    Measurements at the very end of a circuit are left out.

    Args:
        backend: Of Backline; circuits must be compiled for it, and observables laid out alike
            (`observable.apply_layout(circuit.layout)`).
        default_precision: Where neither a pub nor `run` says which.
        seed: Makes calls repeatable; None draws one for each call.
        options: Of the backend, as `backend.run` takes them: `noise`, `method`, ….

    Raises:
        InputError: If the backend is not one of Backline's.
        OptionValueError: If a value is not allowed.

    Example:
        >>> import backline
        >>> from qiskit import QuantumCircuit
        >>> circuit = QuantumCircuit(2)
        >>> _ = circuit.x(0)
        >>> _ = circuit.cx(0, 1)
        >>> estimator = EstimatorV2(backline.load("manila"))
        >>> estimator.run([(circuit, ["IZ", "ZI", "ZZ"])]).result()[0].data.evs.round(2)
        array([-0.99, -0.99,  0.98])
    """

    def __init__(
        self,
        backend: BackendBase,
        *,
        default_precision: float = 0.0,
        seed: int | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(backend, seed, options)
        self._default_precision = _checked_precision(default_precision, "default_precision")

    @property
    def default_precision(self) -> float:
        """How exact values are where nothing else is said."""
        return self._default_precision

    def run(self, pubs: Iterable[Any], *, precision: float | None = None) -> PrimitiveJob:
        """Estimate expectation values.

        Args:
            pubs: Each (circuit, observables, parameter values, precision), the last two optional.
                Observables and parameter values are broadcast against each other.
            precision: Of pubs that do not say which; 0 for exact values.

        Returns:
            The job; entry k of its result is for pub k. Its data has `evs` and `stds`, arrays of
            the pub's shape; `stds` are standard errors.

        Raises:
            InputError: If a pub is none, or its circuit cannot run on this device.
            OptionValueError: If a precision is negative, or so small that it takes too many shots.
            CapabilityError: If exact values are asked of a backend, or with options, that have
                none.
        """
        usual = self._default_precision
        if precision is not None:
            usual = _checked_precision(precision, "precision")
        given = coerced(pubs, lambda pub: EstimatorPub.coerce(pub, usual), _FORM)
        seed = self._seed_of_call()
        # Everything is checked here, before any work; values come later.
        works = [
            self._work(laid_out(pub), _checked_precision(pub.precision, "precision"), seed, index)
            for index, pub in enumerate(given)
        ]

        def work() -> PrimitiveResult[Any]:
            results = []
            for values in works:
                raise_if_stopping()
                results.append(values())
            return PrimitiveResult(results, metadata=self._facts(seed))

        return PrimitiveJob(work)

    def _work(
        self, pub: LaidOut, precision: float, seed: int, index: int
    ) -> Callable[[], PubResult]:
        if precision == 0.0:
            return self._exact(pub)
        return self._measured(pub, precision, spawned(seed, index))

    def _exact(self, pub: LaidOut) -> Callable[[], PubResult]:
        if not isinstance(self._backend, DeviceBackend):
            raise CapabilityError(
                f"precision=0 needs a simulated device, and {self._backend.name!r} runs circuits "
                "in its own way: ask for a precision above 0"
            )
        if self._options.get("engine", "gates") == "pulses":
            raise CapabilityError(
                "precision=0 is computed gate by gate: with engine='pulses', ask for a precision "
                "above 0, or solve the circuit"
            )
        ends = self._backend.endings(pub.pub.circuit, pub.values, **self._options)

        def values() -> PubResult:
            found = []
            for end, observables in zip(ends, pub.observables, strict=True):
                raise_if_stopping()
                found.append(exact_values(end, observables))
            zeros = [[0.0] * len(own) for own in found]
            return pub.result(found, zeros, {"target_precision": 0.0, "shots": None})

        return values

    def _measured(self, pub: LaidOut, precision: float, seed: int) -> Callable[[], PubResult]:
        shots = ceil(precision**-2)
        turner = Turner(self._backend.target)
        planned = [
            measurement_of(circuit, own, turner)
            for circuit, own in zip(pub.circuits(), pub.observables, strict=True)
        ]
        circuits = [circuit for item in planned for circuit in item.circuits]
        options = {**self._options, "shots": shots}
        run = self._backend.prepared(circuits, seed=seed, **options) if circuits else None

        def values() -> PubResult:
            outcomes = iter(run.outcomes() if run is not None else ())
            found = [item.values([next(outcomes) for _ in item.circuits]) for item in planned]
            facts = {"target_precision": precision, "shots": shots}
            return pub.result([v for v, _ in found], [e for _, e in found], facts)

        return values


def _checked_precision(precision: Any, name: str) -> float:
    number = isinstance(precision, Real) and not isinstance(precision, bool)
    if not number or not 0.0 <= float(precision) < float("inf"):
        raise OptionValueError(
            f"{name} is a number, at least 0 (0 for exact values); got {precision!r}"
        )
    value = float(precision)
    if value and value**-2 > _MOST_SHOTS:
        raise OptionValueError(
            f"{name}={value} would take {value**-2:.3g} shots, and {_MOST_SHOTS} are allowed: ask "
            "for 0, which is exact"
        )
    return value
