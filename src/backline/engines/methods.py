"""How the pulse engine can compute states, by name; apart from it, because it is slow to import."""

PULSE_METHODS = ("statevector", "density_matrix", "trajectories")
"""The ways of the pulse engine."""
