"""From a plan to a script: the passages of a work, each with its voice and its key."""
