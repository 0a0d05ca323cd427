"""Qiskit's primitives over our backends: `SamplerV2` draws bits, `EstimatorV2` gives expectations.

>>> import backline
>>> from backline.primitives import EstimatorV2
>>> from qiskit import QuantumCircuit
>>> circuit = QuantumCircuit(1)
>>> _ = circuit.x(0)
>>> estimator = EstimatorV2(backline.load("manila", noise=False))
>>> estimator.run([(circuit, "Z")]).result()[0].data.evs
array(-1.)
"""

from backline.primitives.estimator import EstimatorV2
from backline.primitives.job import PrimitiveJob
from backline.primitives.sampler import SamplerV2

__all__ = ["EstimatorV2", "PrimitiveJob", "SamplerV2"]
