"""A backend as far as pulse programs ask one: two qubits that are measured together."""

from types import SimpleNamespace

from backline import pulse

MEASURE = pulse.Schedule(
    *((2 * q, pulse.Play(pulse.Constant(10 + q, 0.1), pulse.MeasureChannel(q))) for q in range(3)),
    *((5, pulse.Acquire(20, pulse.AcquireChannel(q), pulse.MemorySlot(q))) for q in range(3)),
    (40, pulse.Delay(7, pulse.MeasureChannel(1))),
    (0, pulse.Play(pulse.Constant(10, 0.1), pulse.DriveChannel(0))),
    name="measure",
)


class Edges(list):
    def get_edges(self):
        return self


class Target:
    def has_calibration(self, name, qubits):
        return name == "measure" and len(qubits) == 1

    def get_calibration(self, name, qubits):
        return MEASURE


class GroupedMap:
    """An instruction schedule map that knows the whole group alone."""

    def has(self, name, qubits):
        return name == "measure" and tuple(qubits) == (0, 1, 2)

    def get(self, name, qubits):
        return MEASURE


def backend(**others):
    fields = {
        "num_qubits": 3,
        "dt": 2e-9 / 9,
        "target": Target(),
        "coupling_map": Edges([(0, 1), (1, 0), (1, 2)]),
        "meas_map": [[0, 1, 2]],
        "drive_channel": pulse.DriveChannel,
        "measure_channel": pulse.MeasureChannel,
        "acquire_channel": pulse.AcquireChannel,
        "control_channel": lambda qubits: [pulse.ControlChannel(10 * qubits[0] + qubits[1])],
    }
    return SimpleNamespace(**(fields | others))
