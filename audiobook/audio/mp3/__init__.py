"""MP3: frames, their encoder, and ID3 tags."""
