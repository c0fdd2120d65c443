"""`python -m audiobook` does what the `audiobook` command does."""

from audiobook.cli import main

main()
