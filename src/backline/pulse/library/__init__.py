"""The shapes of pulses."""

from backline.pulse.library.constant import Constant
from backline.pulse.library.drag import Drag
from backline.pulse.library.functional import functional_pulse
from backline.pulse.library.gaussian import Gaussian, GaussianDeriv
from backline.pulse.library.gaussian_square import GaussianSquare, GaussianSquareDrag
from backline.pulse.library.gaussian_square_echo import gaussian_square_echo
from backline.pulse.library.pulse import Pulse
from backline.pulse.library.registry import SHAPES
from backline.pulse.library.scalable import ScalableSymbolicPulse
from backline.pulse.library.sech import Sech, SechDeriv
from backline.pulse.library.symbolic import SymbolicPulse
from backline.pulse.library.waveform import Waveform
from backline.pulse.library.waves import Cos, Sawtooth, Sin, Square, Triangle

__all__ = [
    "SHAPES",
    "Constant",
    "Cos",
    "Drag",
    "Gaussian",
    "GaussianDeriv",
    "GaussianSquare",
    "GaussianSquareDrag",
    "Pulse",
    "Sawtooth",
    "ScalableSymbolicPulse",
    "Sech",
    "SechDeriv",
    "Sin",
    "Square",
    "SymbolicPulse",
    "Triangle",
    "Waveform",
    "functional_pulse",
    "gaussian_square_echo",
]
