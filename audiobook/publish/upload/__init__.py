"""Send a publication to another place: a folder, S3 or SFTP."""
