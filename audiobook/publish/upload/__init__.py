"""Upload a publication to a folder, S3 or SFTP."""
