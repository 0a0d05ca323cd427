"""A backend for each check that fails it."""

from conformance.broken import answering, describing, running
from conformance.broken.tools import BROKEN

__all__ = ["BROKEN", "answering", "describing", "running"]
