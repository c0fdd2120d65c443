"""The time of a publication."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import Final

from audiobook.errors import SettingsError

_SECONDS: Final = re.compile("[0-9]{1,12}")


def publishing_time() -> datetime:
    """Return the current time, or the time set in `SOURCE_DATE_EPOCH`.

    Source: SOURCE_DATE_EPOCH, https://reproducible-builds.org/specs/source-date-epoch/

    Raises:
        SettingsError: The variable is not a valid time.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return datetime.now(UTC)
    wrong = SettingsError(f"SOURCE_DATE_EPOCH must be seconds since 1970, not “{seconds[:50]}”")
    if not _SECONDS.fullmatch(seconds):
        raise wrong
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise wrong from error
