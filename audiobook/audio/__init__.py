"""Audio as samples and as bytes: one module for each byte format or measurement."""
