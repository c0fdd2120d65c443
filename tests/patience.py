"""How long tests wait. The limit only stops tests that hang: a busy machine may be twenty times slower than a quiet one."""

from typing import Final

PATIENCE_S: Final = 240.0
