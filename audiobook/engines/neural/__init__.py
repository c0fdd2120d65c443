"""What the engines with neural networks share: isolated processes, networks, phonemes and word times."""
