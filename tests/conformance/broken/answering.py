"""Backends whose results are wrong: K4, K43 and the statistical checks."""

from types import SimpleNamespace

import numpy as np
from qiskit import QuantumCircuit

from conformance.broken.tools import breaks, circuits, job, options, result
from conformance.good import Good, Small


def entries(change):
    """What changes a result by changing each of its experiments."""

    def changed(found):
        for entry in found.results:
            change(entry)

    return changed


def header(name, value):
    """What changes a field of each header."""

    def change(entry):
        if isinstance(entry.header, dict):
            entry.header[name] = value
        else:
            setattr(entry.header, name, value)

    return entries(change)


def slots(entry):
    found = entry.header
    return found["memory_slots"] if isinstance(found, dict) else found.memory_slots


def bits(change):
    """What changes each outcome, given as its number and the number of bits."""

    def outcome(entry):
        size = slots(entry)
        if not size or not isinstance(getattr(entry.data, "counts", None), dict):
            return
        counts = {}
        for key, number in entry.data.counts.items():
            new = hex(change(int(key, 16), size))
            counts[new] = counts.get(new, 0) + number
        entry.data.counts = counts
        if hasattr(entry.data, "memory"):
            entry.data.memory = [hex(change(int(shot, 16), size)) for shot in entry.data.memory]

    return entries(outcome)


def turned(value, size):
    return int(format(value, f"0{size}b")[::-1], 2)


def data(**changes):
    def change(entry):
        for name, method in changes.items():
            setattr(entry.data, name, method(getattr(entry.data, name)))

    return entries(change)


def without(*names):
    """What leaves out some instructions of a circuit."""

    def change(circuit):
        if not isinstance(circuit, QuantumCircuit):
            return circuit
        kept = circuit.copy_empty_like()
        for step in circuit.data:
            if step.operation.name not in names:
                kept._append(step)
        return kept

    return change


# K4

result("K4.d", entries(lambda entry: setattr(entry.data, "memory", ["0x0"] * entry.shots)))
circuits("K4.e", without("x", "sx"))

# K43


def plain(self):
    entry = SimpleNamespace(success=True, data=None, header={})
    return SimpleNamespace(success=True, results=[entry] * 20)


job("K43.a", result=plain)
result("K43.b", lambda found: setattr(found, "backend_name", "another"))
result("K43.c", data(counts=lambda counts: {key: n - 1 for key, n in counts.items()}))
result("K43.d", header("creg_sizes", [["all", 2]]))
result("K43.e", header("memory_slots", 9))
result("K43.f", header("metadata", {}))
result("K43.g", header("name", "circuit"))
result("K43.h", data(memory=lambda memory: [int(shot, 16) for shot in memory]))
result("K43.i", data(memory=lambda memory: ["0x0"] * len(memory)))


@breaks("K43.j")
class MustMeasure(Good):
    def run(self, run_input, **given):
        if isinstance(run_input, QuantumCircuit) and not run_input.num_clbits:
            raise ValueError("there is nothing to count")
        return super().run(run_input, **given)


def nothing(found):
    found.get_counts = lambda *experiment: {}


result("K43.k", nothing)
result("K43.l", entries(lambda entry: setattr(entry, "shots", 1)))
options("K43.m", lambda given: {**given, "seed_simulator": 1})


def forgetful(found):
    whole = found.to_dict()
    for entry in whole["results"]:
        entry["data"] = {"counts": {"0x0": 1}}
    found.to_dict = lambda: whole


result("K43.n", forgetful)
result("K43.o", data(memory=lambda memory: np.asarray(memory)[0]))
result("K43.p", data(memory=lambda memory: np.asarray(memory)[np.newaxis]))
result("K43.q", lambda found: setattr(found, "get_memory", lambda *key: np.ones(3, complex)))
result("K43.r", entries(lambda entry: setattr(entry, "meas_return", "avg")))
result("K43.s", header("name", "another"))

# What counts say

result("S1 S3", bits(turned))
result("S2", header("creg_sizes", [["b", 2], ["a", 1]]))
result("S4 S5 S6 S7 S21", bits(lambda value, size: 2**size - 1))
circuits("S8", without("cx"))


@breaks("S9")
class Unseeded(Good):
    def run(self, run_input, **given):
        given.pop("seed_simulator", None)
        return super().run(run_input, **given)


options("S10 S11", lambda given: {**given, "seed_simulator": 1})


def copied(found):
    first = found.results[0].data
    for entry in found.results[1:]:
        entry.data.memory = first.memory


result("S12", copied)
result("S13", data(memory=sorted))

# Gates, and what comes in the middle of a circuit


def control_last(circuit):
    if not isinstance(circuit, QuantumCircuit):
        return circuit
    turned_round = circuit.copy_empty_like()
    for step in circuit.data:
        swap = step.operation.name == "cx"
        qubits = step.qubits[::-1] if swap else step.qubits
        turned_round._append(step.replace(qubits=qubits))
    return turned_round


circuits("S14", without("sx"))
circuits("S15", control_last)
circuits("S16", without("ccx"), base=Small)
circuits("S22", without("reset"))
circuits("S23", without("if_else"))
circuits("S24", without("for_loop"))
circuits("S25", without("while_loop"))
circuits("S26", without("switch_case"))
result("S20", bits(lambda value, size: 0))
