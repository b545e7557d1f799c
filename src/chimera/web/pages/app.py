"""The built web app: its files, and its index page for every address that the app's own router knows."""

import os
from mimetypes import guess_type
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from chimera.web.pages.packed_files import PackedFiles

NOT_BUILT = """<!doctype html><meta charset="utf-8"><title>Chimera</title>
<h1>The web app is not built</h1>
<p>Run <code>make install</code> and start again. The APIs under <a href="/docs">/docs</a> work without it.</p>"""
# Built files carry a hash of their content in their names.
FOR_EVER = "public, max-age=31536000, immutable"
HASHED = ("assets/", "frames/mermaid/chunks/")
ASK_AGAIN = "no-cache"
# The first steps of addresses that belong to the APIs: what they do not know is no page either.
NOT_THE_APP = frozenset({"api", "v1", "health", "metrics", "openapi.json"})


class WebApp(StaticFiles):
    """Serves `folder`; a path without a file extension that is no file is an address inside the app."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self.folder = folder
        self._files = PackedFiles()

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.partition("/")[0] in NOT_THE_APP:
            raise HTTPException(404)
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        if path in {".", "index.html"}:
            return self._index()
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or "." in path.rpartition("/")[2] or path.startswith("frames/"):
                raise
            return self._index()
        if isinstance(response, FileResponse) and response.headers["etag"].startswith("W/"):
            response = await self._files.packed(response, scope)
        response.headers["cache-control"] = FOR_EVER if path.startswith(HASHED) else ASK_AGAIN
        return response

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """As the framework's, with the validator of a packed file where this client gets one, also for 304."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        media_type = guess_type(full_path)[0] or ""
        self._files.mark(response, scope, media_type=media_type, size=stat_result.st_size)
        return response

    def _index(self) -> Response:
        index = self.folder / "index.html"
        if not index.is_file():
            return HTMLResponse(NOT_BUILT, 503)
        return FileResponse(index, headers={"cache-control": ASK_AGAIN})
