"""Publish built books as podcast feeds and a site for any static host."""
