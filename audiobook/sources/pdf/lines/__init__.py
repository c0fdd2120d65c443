"""From pieces to lines in reading order, without running heads and footnotes."""
