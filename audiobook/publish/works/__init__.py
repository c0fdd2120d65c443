"""What is published: works, their episodes and their identities."""
