"""Where each qubit stands on a map."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

from backline.device.model import Device

_STEPS = 300
_CLOSE_ENOUGH = 1e-5
_CLOSEST = 0.9


def positions(device: Device, edges: Collection[tuple[int, int]]) -> NDArray[np.float64]:
    """Places of the qubits, one unit apart where they are neighbors.

    Args:
        device: The device; its own coordinates are used where it has them.
        edges: Pairs of neighbors, for a device without coordinates.

    Returns:
        Shape (qubits, 2): x to the right, y upward.
    """
    if device.coordinates is not None and len(device.coordinates) == device.num_qubits:
        places = np.array(device.coordinates, dtype=float)
        return places * (1.0, -1.0)  # rows are counted from the top
    return _spread_out(device.num_qubits, edges)


def _spread_out(count: int, edges: Collection[tuple[int, int]]) -> NDArray[np.float64]:
    """Places whose distances follow the number of edges between qubits, wider than high.

    Stress majorization (Gansner, Koren, North 2005), started from classical scaling, so that
    the same graph always gives the same picture.
    """
    if count < 2:
        return np.zeros((count, 2))
    wanted = _graph_distances(count, edges)
    if wanted.max() == 1.0:  # all are neighbors of all
        angles = np.pi / 2 - 2 * np.pi * np.arange(count) / count
        return _apart(np.column_stack((np.cos(angles), np.sin(angles))))
    weights = 1.0 / (wanted + np.eye(count)) ** 2
    np.fill_diagonal(weights, 0.0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.pinv(laplacian)
    places = _classical_scaling(wanted)
    for _ in range(_STEPS):
        apart = np.linalg.norm(places[:, None] - places[None], axis=2)
        np.fill_diagonal(apart, 1.0)
        pull = -weights * wanted / np.maximum(apart, 1e-9)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        moved = inverse @ pull @ places
        if np.abs(moved - places).max() < _CLOSE_ENOUGH:
            break
        places = moved
    return _apart(_upright(places, edges))


def _graph_distances(count: int, edges: Collection[tuple[int, int]]) -> NDArray[np.float64]:
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(count))
    graph.add_edges_from_no_data(list(edges))
    distances = np.array(rx.distance_matrix(graph, null_value=np.inf), dtype=float)
    np.fill_diagonal(distances, 0.0)
    farthest = distances[np.isfinite(distances)].max()
    # Parts without a connection stand clear of each other, but not far away.
    distances[~np.isfinite(distances)] = max(1.5, 0.75 * farthest + 1.0)
    return distances


def _classical_scaling(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    count = len(distances)
    center = np.eye(count) - 1.0 / count
    values, vectors = np.linalg.eigh(-0.5 * center @ distances**2 @ center)
    places = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0.0))
    # Points that fall on one another cannot be pushed apart: give each its own small offset.
    angles = np.arange(count) * 2.399963  # the golden angle
    return places + 1e-3 * np.column_stack((np.cos(angles), np.sin(angles)))


def _upright(
    places: NDArray[np.float64], edges: Collection[tuple[int, int]]
) -> NDArray[np.float64]:
    """Turned so that a grid's edges lie level and upright, and the whole is wider than high."""
    places = places - places.mean(axis=0)
    ends = places[np.array(list(edges), dtype=int).reshape(-1, 2)]
    along = (ends[:, 1] - ends[:, 0]) @ np.array((1.0, 1.0j))
    # The fourth power is the same for edges at right angles to one another.
    fourfold = np.mean((along / np.abs(along)) ** 4) if len(along) else 0.0
    if abs(fourfold) > 0.5:
        angle = -np.angle(fourfold) / 4
        turn = np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
    else:
        turn = np.linalg.svd(places, full_matrices=False)[2].T
    places = places @ turn
    if np.ptp(places[:, 0]) < np.ptp(places[:, 1]) * (1 - 1e-6):
        places = places[:, ::-1]
    # Signs that do not depend on the linear algebra library: qubit 0 to the left and above.
    signs = np.where(places[0] * (-1.0, 1.0) < -1e-9, -1.0, 1.0)
    return places * signs


def _apart(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scaled up, if need be, so that no two qubits are closer than neighbors should be."""
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    nearest = float(distances[~np.eye(len(places), dtype=bool)].min())
    return places * max(1.0, _CLOSEST / max(nearest, 0.05))
