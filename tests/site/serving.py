"""The built site on the loopback address, as a static host serves it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:"
)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # one connection for many files, as everywhere

    def __init__(self, *arguments, prefix, policy, **options):
        self._prefix, self._policy = prefix, policy
        super().__init__(*arguments, **options)

    def translate_path(self, path):
        if not path.startswith(self._prefix):  # outside the site's own folder nothing is there
            return str(Path(self.directory) / "nothing-there")
        return super().translate_path(path.removeprefix(self._prefix))

    def end_headers(self):
        if self._policy:
            self.send_header("Content-Security-Policy", self._policy)
        super().end_headers()

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Let a browser hang up in the middle of an answer, as browsers do."""


@contextmanager
def served(folder: Path, prefix: str = "/", policy: str = "") -> Iterator[str]:
    """Serve a folder below `prefix` and give the address of its root, with a slash at the end."""
    handler = partial(_Handler, directory=str(folder), prefix=prefix, policy=policy)
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{prefix}"
        finally:
            server.shutdown()
            thread.join()
