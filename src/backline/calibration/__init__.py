"""What brings a device and its model together.

`reconcile` makes a twin of a real device: control lines whose gains are fitted so that the
device's own two-qubit schedules make their gates.
"""

from backline.calibration.reconciling import reconcile
from backline.calibration.results import JudgedGate, LineFit, Reconciliation

__all__ = ["JudgedGate", "LineFit", "Reconciliation", "reconcile"]
