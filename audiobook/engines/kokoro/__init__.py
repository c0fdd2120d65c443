"""Kokoro, one neural network with voices for eight languages."""
