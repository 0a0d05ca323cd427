"""Qubits that a program does not drive and that are simulated with it, and those that are not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from backline.device.model import Coupling, Device


def spectator_qubits(
    device: Device, touched: Collection[int], spectators: int | Sequence[int]
) -> tuple[int, ...]:
    """The qubits that join a simulation without being driven, ascending.

    Args:
        device: The device; neighbors are those that its Hamiltonian couples.
        touched: The qubits that are simulated anyway.
        spectators: How many couplings away from them a qubit may be (0 for none), or which
            qubits.

    Raises:
        QubitError: If the device does not have one of the qubits.

    Example:
        >>> from backline.device import Coupling, Device, Qubit
        >>> chain = Device(
        ...     name="chain", qubits=(Qubit(),) * 4,
        ...     couplings=tuple(Coupling(qubits=(k, k + 1), strength=2e6) for k in range(3)),
        ... )
        >>> spectator_qubits(chain, [0], 2), spectator_qubits(chain, [0], [3])
        ((1, 2), (3,))
    """
    if isinstance(spectators, int):
        joined = _within(device, touched, spectators)
    else:
        device.check_qubits(tuple(spectators), "spectators")
        joined = set(spectators)
    return tuple(sorted(joined - set(touched)))


def left_out(device: Device, qubits: Collection[int]) -> tuple[Coupling, ...]:
    """The couplings between simulated qubits and others, which a simulation does without.

    Args:
        device: The device.
        qubits: What is simulated.
    """
    inside = set(qubits)
    return tuple(
        item for item in device.couplings or () if len(inside.intersection(item.qubits)) == 1
    )


def _within(device: Device, touched: Collection[int], hops: int) -> set[int]:
    neighbors: dict[int, set[int]] = {}
    for one, other in (item.qubits for item in device.couplings or ()):
        neighbors.setdefault(one, set()).add(other)
        neighbors.setdefault(other, set()).add(one)
    reached = set(touched)
    for _ in range(hops):
        further = set().union(*(neighbors.get(qubit, ()) for qubit in reached)) - reached
        if not further:
            break
        reached |= further
    return reached
