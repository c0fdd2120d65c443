"""Front matter: metadata at the top of a text."""
