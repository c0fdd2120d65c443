"""espeak-ng, the embedded engine."""
