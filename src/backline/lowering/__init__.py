"""From circuits to schedules, and from schedules to waveforms."""

from backline.lowering.schedule import schedule

__all__ = ["schedule"]
