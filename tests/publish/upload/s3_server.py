"""An S3 server (moto's) on the loopback that logs every request; run as a separate process.

Prints its port; appends `METHOD /bucket/key content-type cache-control` to the given file.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

UNKNOWN_KEY = "NOBODY"
_REFUSAL = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does not exist in our records.\
</Message></Error>"""


def watched(app: Any, log: Path) -> Any:
    """Log the requests to an application, refuse one key, and fail as the file `break` says."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        headers = (environ.get("CONTENT_TYPE", ""), environ.get("HTTP_CACHE_CONTROL", ""))
        with log.open("a", encoding="utf-8") as lines:
            lines.write(
                "\t".join((environ["REQUEST_METHOD"], path, environ["QUERY_STRING"], *headers)) + "\n"
            )
        broken = log.with_name("break")
        is_broken = broken.exists() and path.endswith(broken.read_text("utf-8"))
        if f"Credential={UNKNOWN_KEY}/" in environ.get("HTTP_AUTHORIZATION", "") or is_broken:
            start_response("403 Forbidden", [("Content-Type", "application/xml")])
            return [_REFUSAL]
        answered: Iterable[bytes] = app(environ, start_response)
        return answered

    return answer


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Log nothing."""


def main() -> None:
    app = watched(DomainDispatcherApplication(create_backend_app), Path(sys.argv[1]))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
