"""Installing voices: the catalogue, the download, and the folder."""
