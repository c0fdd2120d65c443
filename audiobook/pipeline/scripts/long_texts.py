"""Keeps long texts in a temporary file until they are read, so that neither the build nor its workers have them in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from audiobook.files import Place, Spool
from audiobook.pipeline.planning.plan import Plan

_LONG_BYTES: Final = 1 << 20
"""Length from which a text is moved to the file: about twelve hours of speech."""


class LongTexts:
    """The long texts of some plans."""

    def __init__(self, spool: Spool) -> None:
        """Use a spool for the texts."""
        self._spool = spool
        self._places: dict[str, Place] = {}
        """Where each text is, by its SHA-256."""

    @property
    def has_any(self) -> bool:
        """Whether a text was moved to the spool."""
        return bool(self._places)

    def without_text(self, plan: Plan) -> Plan:
        """Return a plan without its text, which is moved to the spool; the same plan if its text is short.

        Raises:
            StorageError: The disk is full.
        """
        if len(plan.data) < _LONG_BYTES:
            return plan
        name = plan.inputs.source_sha256
        if name not in self._places:
            self._places[name] = self._spool.add(plan.data)
        return replace(plan, data=b"")

    def with_text(self, plan: Plan, get: Callable[[Place], bytes]) -> Plan:
        """Return a plan with its text.

        Args:
            plan: A plan that `without_text` has returned.
            get: Reads from the spool.

        Raises:
            StorageError: The text cannot be read.
        """
        place = self._places.get(plan.inputs.source_sha256)
        return replace(plan, data=get(place)) if place else plan
