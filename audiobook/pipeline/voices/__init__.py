"""The voice of each language: chosen, set up with its options, and brought to the same loudness."""
