"""The texts of a project, and the files that belong to each: lexicons, covers, pictures."""
