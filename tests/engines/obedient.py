"""A module that does what tests request, in another interpreter."""

import os
import sys
import time

from audiobook.engines.serving import serve


def obey(request: bytes) -> bytes:
    match request:
        case b"abort":
            os.abort()
        case b"leave":
            os._exit(3)
        case b"hang":
            time.sleep(100)
        case b"raise":
            raise RuntimeError("as told")
        case b"print":
            sys.stdout.write("not an answer\n")
            sys.stdout.flush()
        case b"long":
            return b"x" * 1_000_000
    return str(os.getpid()).encode()


if __name__ == "__main__":
    serve(obey, lambda: True)
