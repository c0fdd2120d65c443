"""When something is published."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from audiobook.errors import SettingsError


def publishing_time() -> datetime:
    """Give now, or what the environment says that it is.

    Source: SOURCE_DATE_EPOCH, https://reproducible-builds.org/specs/source-date-epoch/

    Raises:
        SettingsError: What it says is no time.
    """
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if not told:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(told), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsError(f"SOURCE_DATE_EPOCH must be seconds since 1970, not “{told[:50]}”") from error
