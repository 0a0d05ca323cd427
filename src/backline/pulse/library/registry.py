"""All shapes that are known by name. A new shape is one file and one row here."""

from __future__ import annotations

from backline.pulse.library.closed_form import ClosedForm
from backline.pulse.library.constant import Constant
from backline.pulse.library.drag import Drag
from backline.pulse.library.gaussian import Gaussian, GaussianDeriv
from backline.pulse.library.gaussian_square import GaussianSquare, GaussianSquareDrag
from backline.pulse.library.gaussian_square_echo import GaussianSquareEcho
from backline.pulse.library.sech import Sech, SechDeriv, UnliftedSech
from backline.pulse.library.waves import Cos, Sawtooth, Sin, Square, Triangle

SHAPES: dict[str, type[ClosedForm]] = {
    "Constant": Constant,
    "Gaussian": Gaussian,
    "GaussianDeriv": GaussianDeriv,
    "GaussianSquare": GaussianSquare,
    "GaussianSquareDrag": GaussianSquareDrag,
    "gaussian_square_echo": GaussianSquareEcho,
    "Drag": Drag,
    "Sech": Sech,
    "SechUnlifted": UnliftedSech,
    "SechDeriv": SechDeriv,
    "Sin": Sin,
    "Cos": Cos,
    "Sawtooth": Sawtooth,
    "Triangle": Triangle,
    "Square": Square,
}
"""Name in files to class. The name is the pulse's `pulse_type` except where that is ambiguous."""
