"""The script of a work as pages show it: passages, their sound, and the pronunciation of words."""
