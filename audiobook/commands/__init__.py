"""One module per command: a plain function that takes values and returns an exit code."""
