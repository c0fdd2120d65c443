"""Built works as they are published: their episodes, files and identities."""
