"""Files that are complete or absent: atomic writing, digests, sweeping, and reading with our errors."""

from audiobook.files.atomic import TEMPORARY_SUFFIX, atomic_write, move_new, require_room, write_bytes
from audiobook.files.digests import Digests, digest, digest_file, digest_stream, is_unchanged
from audiobook.files.long_write import LongWrite
from audiobook.files.names import as_spelled, file_name, same_name
from audiobook.files.prefetch import Prefetch, grouped
from audiobook.files.reading import LARGEST_SOURCE_BYTES, read_pieces, read_source, read_stream, read_whole
from audiobook.files.spool import Place, Spool
from audiobook.files.sweeping import sweep_older, sweep_temporaries, write_swept
from audiobook.system.opening import storage_error

__all__ = [
    "LARGEST_SOURCE_BYTES",
    "TEMPORARY_SUFFIX",
    "Digests",
    "LongWrite",
    "Place",
    "Prefetch",
    "Spool",
    "as_spelled",
    "atomic_write",
    "digest",
    "digest_file",
    "digest_stream",
    "file_name",
    "grouped",
    "is_unchanged",
    "move_new",
    "read_pieces",
    "read_source",
    "read_stream",
    "read_whole",
    "require_room",
    "same_name",
    "storage_error",
    "sweep_older",
    "sweep_temporaries",
    "write_bytes",
    "write_swept",
]
