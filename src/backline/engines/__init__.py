"""What runs programs: `gates` and `pulses`, behind one `Engine` protocol."""

from backline.engines.outcomes import Outcomes
from backline.engines.protocol import Engine

__all__ = ["Engine", "Outcomes"]
