"""Storing pulse programs: as JSON text, and as the JSON values that it is made of.

The round trip is exact: times, samples, names, metadata, and parameters, which keep their
identity (their uuid), so that a stored program can be assigned with the parameters that it was
written with. What is stored is described in `codec/programs.py`; it carries a version, and every
version that was ever written can be read.
"""

from backline.pulse.codec.programs import VERSION, from_dict, to_dict
from backline.pulse.codec.text import from_json, to_json

__all__ = ["VERSION", "from_dict", "from_json", "to_dict", "to_json"]
