"""The instruments of one program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.engines.outcomes import Outcomes
from backline.engines.pulses.measurement import Sampled, Together
from backline.engines.pulses.model import Site
from backline.engines.pulses.readout.counting import count_outcomes, countable
from backline.engines.pulses.readout.reading import (
    read_mean_traces,
    read_outcomes,
    read_points,
    read_traces,
)
from backline.engines.pulses.readout.resonator import Resonator, standard_resonator
from backline.engines.pulses.readout.signals import Signal
from backline.engines.pulses.waveforms import Acquisition, Waveforms
from backline.errors import CapabilityError, InputError

TRACE_BUDGET = 1 << 30
"""Most bytes of the traces of one program."""

_COMPLEX = 16  # bytes
_HIGHEST = 9  # outcomes are single digits


@dataclass(frozen=True, kw_only=True, eq=False)
class Instruments:
    """Reads the acquisitions of one program.

    Attributes:
        waveforms: The program.
        sites: The site of each acquired qubit.
        resonators: By qubit; an acquired qubit without one has a `standard_resonator`.
        noise: Whether readout is imperfect.
        meas_level: 2 for outcomes, 1 for points in the IQ plane, 0 for traces.
        meas_return: "single", or "avg" for the mean over all shots (levels 1 and 0).
        max_outcome_level: Higher outcomes count as this one (level 2); None for no limit but 9.
    """

    waveforms: Waveforms
    sites: Mapping[int, Site]
    resonators: Mapping[int, Resonator]
    noise: bool
    meas_level: int
    meas_return: str
    max_outcome_level: int | None

    @cached_property
    def acquisitions(self) -> tuple[Acquisition, ...]:
        """The program's acquisitions in the order of their start."""
        return tuple(sorted(self.waveforms.acquisitions, key=lambda item: item.start))

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """What each acquisition gives."""
        return tuple(self._signal(item) for item in self.acquisitions)

    def check(self, shots: int) -> None:
        """Refuse what cannot be read, before any work.

        Args:
            shots: How many.

        Raises:
            InputError: If an acquisition is shorter than an output sample, or its kernel does not
                fit it.
            CapabilityError: If the traces would take too much memory.
        """
        for signal in self.signals:
            if self.meas_level < 2 or signal.acquisition.classified:
                self._check_signal(signal)
        if self.meas_level == 0:
            self._check_memory(1 if self.meas_return == "avg" else shots)

    def read(
        self, sampled: Sampled, random: np.random.Generator, metadata: Mapping[str, Any]
    ) -> Outcomes:
        """Read every acquisition in every shot.

        Args:
            sampled: What the acquisitions found, in the order of `acquisitions`.
            random: Source of chance.
            metadata: What else shaped the run.
        """
        levels, facts = sampled.levels, {**metadata, **self._metadata(sampled.populations)}
        if self.meas_level < 2:
            return Outcomes(shots=len(levels), iq=self._signal_data(levels, random), metadata=facts)
        outcomes = read_outcomes(
            self.signals, self.waveforms.num_slots, levels, random, highest=self._highest
        )
        return Outcomes(
            shots=len(levels),
            bits=np.minimum(outcomes, 1),
            digits=None if self.max_outcome_level == 1 else outcomes,
            metadata=facts,
        )

    def countable(self, levels: Sequence[int]) -> bool:
        """Whether outcomes can be counted without drawing single shots.

        Args:
            levels: How many levels each acquisition may find.
        """
        return self.meas_level == 2 and countable(self.signals, levels, self._highest)

    def count(
        self,
        found: Together,
        shots: int,
        random: np.random.Generator,
        metadata: Mapping[str, Any],
        *,
        memory: bool,
    ) -> Outcomes:
        """Read every acquisition, where outcomes are `countable`.

        Args:
            found: What the acquisitions find, in the order of `acquisitions`.
            shots: How many.
            random: Source of chance.
            metadata: What else shaped the run.
            memory: Whether shots are told apart; they come in random order then.
        """
        rows, repeats = count_outcomes(
            self.signals,
            self.waveforms.num_slots,
            found.populations,
            shots,
            random,
            highest=self._highest,
        )
        if memory:
            rows = rows.repeat(repeats, axis=0)[random.permutation(shots)]
        return Outcomes(
            shots=shots,
            bits=np.minimum(rows, 1),
            digits=None if self.max_outcome_level == 1 else rows,
            repeats=None if memory else repeats,
            metadata={**metadata, **self._metadata(found.of_each)},
        )

    @property
    def _highest(self) -> int:
        return min(self.max_outcome_level or _HIGHEST, _HIGHEST)

    def _signal_data(
        self, levels: NDArray[np.int64], random: np.random.Generator
    ) -> NDArray[np.complex128]:
        slots, average = self.waveforms.num_slots, self.meas_return == "avg"
        if self.meas_level == 0:
            read = read_mean_traces if average else read_traces
            return read(self.signals, slots, levels, random)
        points = read_points(self.signals, slots, levels, random)
        return points.mean(axis=0) if average else points

    def _metadata(self, populations: Sequence[NDArray[np.float64]]) -> dict[str, Any]:
        """What a reader of the data must know, as JSON values; lists go by memory slot."""
        by_slot = {item.slot: k for k, item in enumerate(self.acquisitions)}
        order = [by_slot.get(slot) for slot in range(self.waveforms.num_slots)]
        facts: dict[str, Any] = {
            "acquired": [None if k is None else self.acquisitions[k].qubit for k in order],
            "populations": [
                None if k is None else _padded(populations[k], self.signals[k].levels)
                for k in order
            ],
        }
        if self.meas_level == 2:
            return facts
        facts["assumed_stimulus"] = sorted(
            {signal.acquisition.qubit for signal in self.signals if signal.track is None}
        )
        if self.meas_level == 0:
            facts["output_samples"] = [0 if k is None else self.signals[k].samples for k in order]
            facts["dtm"] = self.signals[0].resonator.dtm or self.waveforms.dt
            return facts
        clouds = [None if k is None else self.signals[k].cloud for k in order]
        facts["iq_centers"] = [cloud and _pairs(cloud.centers) for cloud in clouds]
        facts["iq_widths"] = [cloud and cloud.width for cloud in clouds]
        return facts

    def _signal(self, item: Acquisition) -> Signal:
        tracks = (t for t in self.waveforms.stimuli if t.channel == f"m{item.qubit}")
        return Signal(
            acquisition=item,
            site=self.sites[item.qubit],
            resonator=self.resonators.get(item.qubit)
            or standard_resonator(item.qubit, self.waveforms.dt),
            track=next(tracks, None),
            dt=self.waveforms.dt,
            noisy=self.noise,
        )

    def _check_signal(self, signal: Signal) -> None:
        item = signal.acquisition
        if signal.samples == 0:
            raise InputError(
                f"the acquisition of qubit {item.qubit} at sample {item.start} has {item.duration} "
                f"samples, which is less than one output sample of "
                f"{signal.resonator.dtm or self.waveforms.dt:g} s"
            )
        if item.kernel is not None:
            item.kernel.weights(signal.resonator, item.duration, self.waveforms.dt)

    def _check_memory(self, rows: int) -> None:
        slots = self.waveforms.num_slots
        samples = max((signal.samples for signal in self.signals), default=0)
        size = rows * slots * samples * _COMPLEX
        if size > TRACE_BUDGET:
            raise CapabilityError(
                f"{rows} traces of {slots} memory slots and {samples} output samples would take "
                f"{size / 2**30:.1f} GiB, and at most {TRACE_BUDGET / 2**30:g} is allowed: use "
                f"meas_return='avg', fewer shots or shorter acquisitions"
            )


def _padded(populations: NDArray[np.float64], levels: int) -> list[float]:
    return [*populations.tolist(), *[0.0] * (levels - len(populations))]


def _pairs(points: NDArray[np.complex128]) -> list[list[float]]:
    return [[point.real, point.imag] for point in points.tolist()]
