"""Tests with a real Audiobookshelf server exist only where one is named: no package registry carries it."""

import os

collect_ignore = [] if "AUDIOBOOK_AUDIOBOOKSHELF" in os.environ else ["test_audiobookshelf.py"]
