"""The command `backline`: what devices there are, and what programs do on them."""

from __future__ import annotations

from backline.cli.app import app, main

__all__ = ["app", "main"]
