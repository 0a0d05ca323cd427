"""Backends that describe themselves wrongly: K1 to K33."""

import copy
from types import SimpleNamespace

from qiskit.circuit import Gate
from qiskit.circuit.library import CZGate, XGate
from qiskit.providers import Options as QiskitOptions
from qiskit.transpiler import CouplingMap, InstructionDurations

from backline import pulse
from backline.backends import standard_options
from backline.contract import InstructionProperties, InstructionScheduleMap, Option, Target
from backline.errors import UnknownOptionError
from conformance.broken.tools import Proxy, always, breaks, member, target
from conformance.good import Good

# K1 to K3

member("K1.a", name=always(7))
member("K1.b", description=always(7))
member("K1.c", backend_version=always(1.5))
member("K1.d", online_date=always("2020-01-01"))
member("K1.e", name=always("mine"))
member("K1.f", provider=property(lambda self: object()))
member("K2.a", version=3)
member("K2.b", version=always(2))


@breaks("K3.a")
class NoOptions(Good):
    made = False

    def __init__(self, **options):
        super().__init__(**options)
        type(self).made = True

    @classmethod
    def _default_options(cls):
        return {} if cls.made else super()._default_options()


@breaks("K3.b")
class Sharing(Good):
    shared = None

    def __init__(self, **options):
        super().__init__(**options)
        Sharing.shared = self._options = Sharing.shared or self._options


# K4

breaks("K4.a")(lambda: Proxy(Good(), run=None))
member("K4.b K4.c K4.f", get_translation_stage_plugin=lambda self: "no such plugin")


@breaks("K4.g")
class Uncopied(Good):
    def __deepcopy__(self, memo):
        raise TypeError("it holds a connection")


@breaks("K4.h")
class SharedCopy(Good):
    def __copy__(self):
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied


@breaks("K4.i")
class Unpickled(Good):
    def __reduce_ex__(self, protocol):
        raise TypeError("it holds a lock")


member("K4.j", __eq__=lambda self, other: self is other, __hash__=object.__hash__)

# K5

member("K5.a", configuration=lambda self: SimpleNamespace(n_qubits=99))
member("K5.b", configuration=lambda self: SimpleNamespace(backend_name="another"))
member("K5.c", configuration=lambda self: SimpleNamespace(basis_gates=["u3"]))
member("K5.d", configuration=lambda self: SimpleNamespace(coupling_map=[[0, 4]]))
member("K5.e", configuration=lambda self: SimpleNamespace(dt=0.22))
member("K5.f", properties=lambda self: SimpleNamespace(t1=lambda qubit: 80.0))
member("K5.g", defaults=lambda self: SimpleNamespace(qubit_freq_est=[4.9] * 5))

# K10 to K12

member("K10.a", options=always({"shots": 1024}))
member("K10.b", options=always(QiskitOptions(shots=1024)))
member(
    "K10.c",
    _default_options=classmethod(lambda cls: standard_options(dt=Option(1e-9, type=float))),
)
member("K11.a K11.b", set_options=lambda self, **fields: None)


def _says_nothing(self, **fields):
    raise AttributeError("no")


def _names_it_only(self, **fields):
    raise UnknownOptionError(f"no {', '.join(fields)}")


def _one_by_one(self, **fields):
    for name, value in fields.items():
        Good.set_options(self, **{name: value})


member("K11.c", set_options=_says_nothing)
member("K11.d", set_options=_names_it_only)
member("K11.e", set_options=_one_by_one)
member("K11.f K11.g K12.d", __init__=lambda self, **options: Good.__init__(self))


@breaks("K12.a", "K12.b", "K12.c")
class Unchecked(Good):
    def __init__(self, **options):
        super().__init__(**options)
        self._options = QiskitOptions(**dict(self._options.items()))

    def set_options(self, **fields):
        self._options.update_options(**fields)


def _no_none(self, **fields):
    if None in fields.values():
        raise TypeError("a seed is a number")
    Good.set_options(self, **fields)


member("K12.g", set_options=_no_none)

# K20 to K22

member("K20.a", target=always("a target"))


@breaks("K20.b")
class Changing(Good):
    @property
    def target(self):
        self.looks = getattr(self, "looks", 0) + 1
        found = copy.deepcopy(super().target)
        if self.looks > 1:
            found.add_instruction(CZGate(), {(0, 1): None})
        return found


def _x(**facts):
    def change(found):
        found.update_instruction_properties("x", (0,), InstructionProperties(**facts))

    return change


target("K20.c", _x(duration=-1.0))
target("K20.d", _x(error=2.0))
target("K20.e", _x(error=1.0))
target("K20.f", lambda found: found.add_instruction(CZGate(), {(1, 1): None}))


def _cannot_measure(found):
    only = Target(num_qubits=2)
    only.add_instruction(XGate(), {(0,): None})
    return only


def _forgets_all(found):
    found.__deepcopy__ = lambda memo: Target(num_qubits=5)


def _member(name, method):
    return lambda found: Proxy(found, **{name: method(found)})


def _calibrated_missing(found):
    def get(name, qargs, *parameters):
        known = found.has_calibration(name, qargs)
        return found.get_calibration(name, qargs, *parameters) if known else pulse.Schedule()

    return get


def _longer(found):
    def get(name, qargs, *parameters):
        schedule = found.get_calibration(name, qargs, *parameters)
        return schedule.shift(160)

    return get


def _copies_without(found):
    def copied(memo):
        return Proxy(copy.deepcopy(found, memo), has_calibration=lambda *where: False)

    return copied


def _copies_deaf(found):
    def copied(memo):
        return Proxy(found, update_from_instruction_schedule_map=lambda schedules: None)

    return copied


target("K20.g", _cannot_measure)
target("K20.h", _forgets_all)
target("K20.i", _member("get_calibration", lambda found: lambda *where: None))
target("K20.j", _member("get_calibration", _longer))
target("K20.k", _member("get_calibration", _calibrated_missing))
target("K20.l", _member("__deepcopy__", _copies_without))
target("K20.m", _member("__deepcopy__", _copies_deaf))

member("K21.a", num_qubits=always(7))
member("K21.b", operation_names=always(("x", "measure")))
member("K21.c", operations=always(["x"]))
member("K21.d", instructions=always([]))
member("K22.a", coupling_map=always([[0, 1]]))
member("K22.b", coupling_map=always(CouplingMap([[0, 4]])))
member("K22.c", instruction_durations=always({}))


def _slower(self):
    names = [name for name in self.operation_names if name != "delay"]
    return InstructionDurations([(name, None, 1.0, "s") for name in names])


member("K22.d", instruction_durations=property(_slower))

# K23


def _map(**members):
    def read(self):
        inner = Good.instruction_schedule_map.fget(self)
        made = {name: method(self, inner) for name, method in members.items()}
        return Proxy(inner, **made)

    return property(read)


def _empty_for_missing(self, inner):
    def get(name, qubits, *parameters):
        known = inner.has(name, qubits)
        return inner.get(name, qubits, *parameters) if known else pulse.Schedule()

    return get


def _adds_to_target(self, inner):
    def add(name, qubits, schedule):
        inner.add(name, qubits, schedule)
        changed = copy.deepcopy(self.target)
        changed.add_instruction(Gate(name, 1, []), {(0,): None})
        type(self).target = always(changed)

    return add


member("K23.a", instruction_schedule_map=always({}))
member("K23.b", instruction_schedule_map=always(InstructionScheduleMap()))
member("K23.c", instruction_schedule_map=_map(get=_empty_for_missing))
member("K23.d", instruction_schedule_map=_map(qubit_instructions=lambda *of: lambda qubits: []))
member("K23.e", instruction_schedule_map=_map(add=_adds_to_target))
member("K23.f", instruction_schedule_map=_map(pop=lambda *of: lambda *where: None))

# K24 to K27

member("K24.a", dt=always(0.22))
member("K24.b", dt=always(1e-9))
member("K24.c", dtm=always(0.22))
member("K25.a", meas_map=always([[99]]))
member("K25.b", meas_map=always([[0]]))


def _properties(answer):
    return lambda self, qubit: answer(self, lambda q: Good.qubit_properties(self, q), qubit)


def _no_numpy(self, ask, qubit):
    if type(qubit) not in (int, list):
        raise TypeError("a qubit is an int")
    return ask(qubit)


def _changed(self, ask, qubit, **facts):
    found = ask(qubit)
    many = found if isinstance(found, list) else [found]
    made = [SimpleNamespace(**{"t1": q.t1, "t2": q.t2, "frequency": 5e9, **facts}) for q in many]
    return made if isinstance(found, list) else made[0]


member("K26.a", qubit_properties=_properties(lambda self, ask, q: "good"))
member(
    "K26.b",
    qubit_properties=_properties(
        lambda self, ask, q: ask(sorted(q)) if isinstance(q, list) else ask(q)
    ),
)
member("K26.c", qubit_properties=_properties(_no_numpy))
member("K26.d", qubit_properties=_properties(lambda self, ask, q: ask(min(q, 4))))
member("K26.e", qubit_properties=_properties(lambda self, ask, q: ask(max(q, 0))))
member(
    "K26.f", qubit_properties=_properties(lambda self, ask, q: _changed(self, ask, q, frequency=5))
)
member(
    "K26.g",
    qubit_properties=_properties(lambda self, ask, q: _changed(self, ask, q, t1=1e-4, t2=3e-4)),
)
member("K27.a", max_circuits=always(0))

# K30 to K33

member("K30.a", drive_channel=lambda self, qubit: pulse.DriveChannel(0))
member("K30.b", drive_channel=lambda self, qubit: pulse.DriveChannel(abs(qubit)))
member("K31.a", measure_channel=lambda self, qubit: pulse.DriveChannel(qubit))
member("K31.b", measure_channel=lambda self, qubit: pulse.MeasureChannel(abs(qubit)))
member("K32.a", acquire_channel=lambda self, qubit: pulse.AcquireChannel(0))
member("K32.b", acquire_channel=lambda self, qubit: pulse.AcquireChannel(abs(qubit)))


def _not_supported(self, qubit):
    raise NotImplementedError


def _tuples_only(self, qubits):
    if not isinstance(qubits, tuple):
        raise TypeError("a pair is a tuple")
    return Good.control_channel(self, qubits)


member("K30.c", acquire_channel=_not_supported)
member("K33.a", control_channel=lambda self, qubits: [])
member("K33.b", control_channel=_tuples_only)
member("K33.c", control_channel=lambda self, qubits: [pulse.ControlChannel(0)])
