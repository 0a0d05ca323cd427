"""Pulse programs as JSON values, and back.

The round trip is exact: times, samples, names, metadata, and parameters, which keep their
identity (their uuid), so that a stored program can be assigned with the parameters that it was
written with. What is stored is described in `codec/programs.py`.
"""

from backline.pulse.codec.programs import VERSION, from_dict, to_dict

__all__ = ["VERSION", "from_dict", "to_dict"]
