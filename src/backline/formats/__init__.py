"""Device files: Backline's own JSON (`native`), IBM snapshots (`ibm`), and devices by name."""

from backline.formats.catalog import devices, read_device
from backline.formats.ibm import device_from_dicts
from backline.formats.native import read, write

__all__ = ["device_from_dicts", "devices", "read", "read_device", "write"]
