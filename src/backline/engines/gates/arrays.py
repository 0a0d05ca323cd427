"""Names of the kinds of arrays that state vectors are made of."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]
Real: TypeAlias = NDArray[np.floating[Any]]
Kind: TypeAlias = np.dtype[np.float32] | np.dtype[np.float64]
