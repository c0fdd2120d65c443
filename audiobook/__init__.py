"""Audiobooks from texts: chaptered, tagged MP3 files whose every word has its time."""

import os

__version__ = "0.2.0"

# onnxruntime from 1.29 on reports each use to its maker unless this is set before it is loaded, by whichever engine or package.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
