"""From the file to pieces of lines with their positions, in a child process."""
