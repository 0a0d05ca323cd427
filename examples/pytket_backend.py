"""A device of Backline as a backend of pytket: compiled by pytket, run by Backline.

Run it with ``python examples/pytket_backend.py``; it needs ``pip install pytket-qiskit``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytket import Circuit, OpType
from pytket.architecture import Architecture
from pytket.backends import Backend, CircuitStatus, ResultHandle, StatusEnum
from pytket.backends.backendinfo import BackendInfo
from pytket.extensions.qiskit import process_characterisation, tk_to_qiskit
from pytket.extensions.qiskit.result_convert import qiskit_result_to_backendresult
from pytket.passes import (
    AutoRebase,
    BasePass,
    CXMappingPass,
    DecomposeBoxes,
    FullPeepholeOptimise,
    NaivePlacementPass,
    SequencePass,
)
from pytket.placement import GraphPlacement
from pytket.predicates import DirectednessPredicate, GateSetPredicate, NoSymbolsPredicate, Predicate
from qiskit import QuantumCircuit, QuantumRegister
from qiskit.providers import JobStatus

import backline

STATUS = {
    JobStatus.QUEUED: StatusEnum.QUEUED,
    JobStatus.RUNNING: StatusEnum.RUNNING,
    JobStatus.DONE: StatusEnum.COMPLETED,
    JobStatus.CANCELLED: StatusEnum.CANCELLED,
    JobStatus.ERROR: StatusEnum.ERROR,
}
GATES = {
    "rz": OpType.Rz,
    "sx": OpType.SX,
    "x": OpType.X,
    "cx": OpType.CX,
    "ecr": OpType.ECR,
}
ALWAYS = {OpType.Measure, OpType.Barrier, OpType.Reset, OpType.Conditional}


class PytketBackend(Backend):
    """What pytket needs of a backend, over one of Backline's.

    Args:
        backend: What runs the circuits, with its options.
    """

    _supports_shots = True
    _supports_counts = True
    _persistent_handles = False

    def __init__(self, backend: Any) -> None:
        super().__init__()
        self._backend = backend
        names = backend.target.operation_names
        self._gates = {GATES[name] for name in names if name in GATES}
        # pytket reads devices by configuration() and properties(), and ours have both.
        facts = process_characterisation(backend)
        self._edges = sorted(map(tuple, backend.coupling_map or []))
        self._info = BackendInfo(
            name=type(self).__name__,
            device_name=backend.name,
            version=backend.backend_version or "",
            architecture=Architecture(self._edges),
            gate_set=self._gates | ALWAYS,
            supports_midcircuit_measurement=True,
            supports_reset=True,
            all_node_gate_errors=facts["NodeErrors"],
            all_edge_gate_errors=facts["EdgeErrors"],
            all_readout_errors=facts["ReadoutErrors"],
        )

    @property
    def backend_info(self) -> BackendInfo:
        """Gates, couplings and errors, for pytket's passes."""
        return self._info

    @property
    def required_predicates(self) -> list[Predicate]:
        """What a circuit must be before it runs."""
        needed: list[Predicate] = [NoSymbolsPredicate(), GateSetPredicate(self._info.gate_set)]
        if self._edges:
            needed.append(DirectednessPredicate(self._info.architecture))
        return needed

    def rebase_pass(self) -> BasePass:
        """Gates of any kind to those of the device."""
        two_qubit = self._gates & {OpType.CX, OpType.ECR}
        return AutoRebase(self._gates | (two_qubit or {OpType.CX}))

    def default_compilation_pass(self, optimisation_level: int = 1, timeout: int = 300) -> BasePass:
        """Gates and places of the device."""
        passes = [DecomposeBoxes()]
        if self._edges:
            if optimisation_level > 1:
                passes.append(FullPeepholeOptimise())
            placement = GraphPlacement(self._info.architecture)
            passes.append(
                CXMappingPass(
                    self._info.architecture, placement, directed_cx=True, delay_measures=False
                )
            )
            passes.append(NaivePlacementPass(self._info.architecture))
        return SequencePass([*passes, self.rebase_pass()])

    @property
    def _result_id_type(self) -> tuple[type, type]:
        return (str, int)

    def process_circuits(
        self,
        circuits: Sequence[Circuit],
        n_shots: int | Sequence[int] | None = None,
        valid_check: bool = True,
        **options: Any,
    ) -> list[ResultHandle]:
        """Start circuits, each with its number of shots, and give their handles.

        Args:
            circuits: Compiled for this backend.
            n_shots: One number for all, or one for each.
            valid_check: Whether pytket checks that they are.
            **options: Of `backend.run`.
        """
        circuits = list(circuits)
        shots = Backend._get_n_shots_as_list(n_shots, len(circuits), optional=False)
        if valid_check:
            self._check_all_circuits(circuits)
        handles = []
        for circuit, count in zip(circuits, shots, strict=True):
            job = self._backend.run(self._placed(circuit), shots=count, memory=True, **options)
            handle = ResultHandle(job.job_id(), 0)
            self._cache[handle] = {"job": job}
            handles.append(handle)
        return handles

    def circuit_status(self, handle: ResultHandle) -> CircuitStatus:
        """Where a circuit is in its life."""
        self._check_handle_type(handle)
        return CircuitStatus(STATUS[self._cache[handle]["job"].status()])

    def get_result(self, handle: ResultHandle, **options: Any) -> Any:
        """Wait for a circuit and give its shots."""
        self._check_handle_type(handle)
        entry = self._cache[handle]
        if "result" not in entry:
            result = entry["job"].result(options.get("timeout"))
            (entry["result"],) = qiskit_result_to_backendresult(result)
        return entry["result"]

    def _placed(self, circuit: Circuit) -> QuantumCircuit:
        """A circuit of Qiskit, with every qubit at its place on the device."""
        given = tk_to_qiskit(circuit)
        places = [given.find_bit(qubit).registers[0][1] for qubit in given.qubits]
        wide = QuantumCircuit(QuantumRegister(self._backend.num_qubits, "q"), *given.cregs)
        wide.compose(given, places, given.clbits, inplace=True)
        return wide


def main() -> None:
    """A GHZ state on manila, compiled by pytket."""
    device = PytketBackend(backline.load("manila"))
    ghz = Circuit(3).H(0).CX(0, 1).CX(1, 2).measure_all()
    compiled = device.get_compiled_circuit(ghz, 2)
    counts = device.run_circuit(compiled, n_shots=4096).get_counts()
    for outcome, count in counts.most_common():
        print("".join(map(str, outcome)), count)


if __name__ == "__main__":
    main()
