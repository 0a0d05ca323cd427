"""A device on a bench: a chain of transmons with round numbers, and programs for it."""

from backline import DeviceBackend, pulse
from backline.device import Coupling, Device, DriveLine, Qubit
from backline.device.model import Timing

DT = 1e-9
STRENGTH = 50e6
EXCHANGE = 2e6


def chain(width=3, *, coupled=True, levels=3, t1=None, t2=None, anharmonicity=-300e6):
    """Qubits 0 - 1 - … at 5.0, 5.1, … GHz; without T1 and T2 if not told otherwise."""
    return Device(
        name="bench",
        qubits=tuple(
            Qubit(frequency=5e9 + 1e8 * k, anharmonicity=anharmonicity, levels=levels, t1=t1, t2=t2)
            for k in range(width)
        ),
        basis_gates=("rz", "sx", "x", "cx"),
        couplings=tuple(
            Coupling(qubits=(k, k + 1), strength=EXCHANGE * (k + 1))
            for k in range(width - 1 if coupled else 0)
        ),
        drive_lines=tuple(DriveLine(qubit=k, strength=STRENGTH) for k in range(width)),
        timing=Timing(dt=DT),
    )


def bench(width=3, *, relaxation=True, **options):
    """A backend of such a chain."""
    return DeviceBackend(chain(width, **options), relaxation=relaxation)


def square(duration=20, amp=0.5, qubit=0, *, name="square", measured=False):
    """A pulse of constant amplitude: at amp 0.5 a turn takes 40 samples."""
    with pulse.build(name=name) as block:
        pulse.play(pulse.Constant(duration, amp), pulse.DriveChannel(qubit))
        if measured:
            pulse.barrier(pulse.DriveChannel(qubit), pulse.AcquireChannel(qubit))
            pulse.acquire(100, pulse.AcquireChannel(qubit), pulse.MemorySlot(0))
    return block


def wait(duration, qubit=0):
    """Nothing, for so many samples."""
    with pulse.build(name="wait") as block:
        pulse.delay(duration, pulse.DriveChannel(qubit))
    return block
