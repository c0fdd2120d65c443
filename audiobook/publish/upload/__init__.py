"""Sending a publication to another place."""
