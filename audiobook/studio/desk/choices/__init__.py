"""The choices for a work: chapters, voices, covers and so on, and samples of how they would sound."""
