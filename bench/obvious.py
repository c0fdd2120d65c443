"""The obvious script: one espeak-ng process a paragraph, pydub joins them, one export at the end."""

import io
import json
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")
from pydub import AudioSegment  # noqa: E402

path, voice, output = sys.argv[1:]
with open(path) as stream:
    paragraphs = json.load(stream)
book = AudioSegment.silent(500, 22050)
for paragraph in paragraphs:
    spoken = subprocess.run(
        ["espeak-ng", "-v", voice, "--stdout", " ".join(paragraph)], stdout=subprocess.PIPE, check=True
    )
    book += AudioSegment.from_wav(io.BytesIO(spoken.stdout)) + AudioSegment.silent(700, 22050)
book.export(output, format="mp3", bitrate="64k")
