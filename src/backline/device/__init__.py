"""What a device is, and what follows from it.

A device of one's own, written by hand; what is not given is not known:

>>> from backline.device import Coupling, Device, DriveLine, Gate, Qubit, Timing, build_target
>>> bench = Device(
...     name="bench",
...     qubits=(
...         Qubit(frequency=5.0e9, anharmonicity=-330e6, t1=100e-6, t2=80e-6),
...         Qubit(frequency=5.1e9, anharmonicity=-320e6, t1=90e-6, t2=70e-6),
...     ),
...     basis_gates=("rz", "sx", "cx"),
...     gates=(
...         Gate(name="sx", qubits=(0,), duration=32e-9, error=2e-4),
...         Gate(name="sx", qubits=(1,), duration=32e-9, error=3e-4),
...         Gate(name="cx", qubits=(0, 1), duration=400e-9, error=8e-3),
...     ),
...     couplings=(Coupling(qubits=(0, 1), strength=2e6),),
...     drive_lines=(DriveLine(qubit=0, strength=120e6), DriveLine(qubit=1, strength=110e6)),
...     timing=Timing(dt=1e-9, granularity=4),
... )
>>> target = build_target(bench)
>>> target["cx"][0, 1].error, target["rz"][0,].duration, target.dt
(0.008, 0.0, 1e-09)
>>> target.get_calibration("rz", (0,), 0.5).instructions
((0, ShiftPhase(-0.5, DriveChannel(0))),)
"""

from backline.device.channels import channel_frequencies, control_channels, frame_channels
from backline.device.drives import reconcile_drives
from backline.device.model import (
    ControlLine,
    Coupling,
    Device,
    DriveLine,
    Gate,
    Qubit,
    Readout,
    Timing,
)
from backline.device.subset import subset
from backline.device.target import build_target

__all__ = [
    "ControlLine",
    "Coupling",
    "Device",
    "DriveLine",
    "Gate",
    "Qubit",
    "Readout",
    "Timing",
    "build_target",
    "channel_frequencies",
    "control_channels",
    "frame_channels",
    "reconcile_drives",
    "subset",
]
