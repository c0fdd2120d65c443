"""Code shared by the engines with neural networks: isolated processes, networks, phonemes and word times."""
