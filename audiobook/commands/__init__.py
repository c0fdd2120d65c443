"""What each command does: a plain function that takes values and gives an exit code."""
