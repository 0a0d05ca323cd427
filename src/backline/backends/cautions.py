"""What a pulse program is warned of before it runs: it can run, and may not be what was meant."""

from __future__ import annotations

import threading
import warnings

from backline.device.model import ControlLine, Device
from backline.engines.pulses import Acquisition, Track, Waveforms
from backline.errors import DeviceWarning, ProgramWarning

_POOR = 0.95  # average gate fidelity
_said: set[tuple[str, tuple[int, ...]]] = set()
_said_lock = threading.Lock()


def caution(name: str, waveforms: Waveforms, device: Device, *, stacklevel: int) -> None:
    """Warn of lines that are not or poorly fitted (once a pair), and of measuring beside a pulse.

    Args:
        name: Of the program.
        waveforms: What it plays.
        device: On which device.
        stacklevel: As in `warnings.warn`, from the caller of this function.
    """
    _of_lines(waveforms, device, stacklevel + 2)
    _of_pulses_while_measured(name, waveforms, stacklevel + 2)


def _of_lines(waveforms: Waveforms, device: Device, stacklevel: int) -> None:
    playing = {track.channel for track in waveforms.tracks if track.envelopes}
    pairs: dict[tuple[int, ...], list[ControlLine]] = {}
    for line in device.control_lines:
        if f"u{line.index}" in playing and _doubt(line) is not None:
            pairs.setdefault(tuple(sorted(line.qubits)), []).append(line)
    for pair, lines in pairs.items():
        if _is_news((device.name, pair)):
            warnings.warn(
                f"the control lines of qubits {pair[0]} and {pair[1]} on device "
                f"{device.name!r} ({', '.join(f'u{line.index}' for line in lines)}) are "
                f"{_doubt(lines[0])}: as pulses, its two-qubit gates may be far off",
                DeviceWarning,
                stacklevel=stacklevel,
            )


def _doubt(line: ControlLine) -> str | None:
    """What speaks against a line; None if nothing does."""
    if not line.reconciled:
        return "not reconciled with the pair's calibrations"
    if line.fidelity_after is not None and line.fidelity_after < _POOR:
        return (
            "reconciled with the pair's calibrations, and reach an average gate fidelity of "
            f"{line.fidelity_after:.3f} only"
        )
    return None


def _of_pulses_while_measured(name: str, waveforms: Waveforms, stacklevel: int) -> None:
    """A block aligns left, and a measurement does not wait for pulses on other channels."""
    tracks = {track.channel: track for track in waveforms.tracks}
    for acquisition in waveforms.acquisitions:
        track = tracks.get(f"d{acquisition.qubit}")
        if track is not None and (sample := _first_beside(track, acquisition)) is not None:
            warnings.warn(
                f"program {name!r} measures qubit {acquisition.qubit} from sample "
                f"{acquisition.start}, while {track.channel} plays a pulse at sample {sample}: "
                f"what it plays from {acquisition.start} on does not reach the outcome. To measure "
                f"after the pulses: pulse.barrier({acquisition.qubit}) before the measurement",
                ProgramWarning,
                stacklevel=stacklevel,
            )


def _first_beside(track: Track, acquisition: Acquisition) -> int | None:
    stop = acquisition.start + acquisition.duration
    for start, envelope in zip(track.starts, track.envelopes, strict=True):
        if start < stop and start + len(envelope) > acquisition.start:
            return max(int(start), acquisition.start)
    return None


def _is_news(fact: tuple[str, tuple[int, ...]]) -> bool:
    with _said_lock:
        if fact in _said:
            return False
        _said.add(fact)
        return True
