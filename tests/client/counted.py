"""How two sets of counts compare."""

import math

import numpy as np
from scipy.stats import chi2_contingency


def fidelity(one, other):
    """Hellinger's, of two sets of counts of any number of shots."""
    shots = sum(one.values()) * sum(other.values())
    return sum(math.sqrt(one[key] * other.get(key, 0) / shots) for key in one) ** 2


def chance_of_one_source(one, other, *, least=20):
    """The p-value of both being drawn from one distribution; rare outcomes count as one."""
    keys = sorted({*one, *other})
    table = np.array([[counts.get(key, 0) for key in keys] for counts in (one, other)])
    often = table.sum(axis=0) >= least
    table = np.column_stack([table[:, often], table[:, ~often].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    return 1.0 if table.shape[1] == 1 else float(chi2_contingency(table).pvalue)


def success(circuit, target):
    """The product of (1 − error) over a compiled circuit: roughly how often nothing happens."""
    found = 1.0
    for entry in circuit.data:
        qubits = tuple(circuit.find_bit(qubit).index for qubit in entry.qubits)
        known = target.operation_names
        facts = (target[entry.operation.name] or {}) if entry.operation.name in known else {}
        error = getattr(facts.get(qubits), "error", None)
        found *= 1.0 - (error or 0.0)
    return found
