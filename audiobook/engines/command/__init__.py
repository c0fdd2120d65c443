"""Programs of the user that turn text into a WAV file."""
