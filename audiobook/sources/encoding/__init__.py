"""Decoding bytes to text."""
