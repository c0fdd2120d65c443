"""`python -m audiobook` does what the `audiobook` command does."""

from audiobook.cli import main

# A spawned worker imports this module again, and must not be a command again.
if __name__ == "__main__":
    main()
