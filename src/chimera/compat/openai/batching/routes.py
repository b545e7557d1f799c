"""The addresses of files and batches, each with its endpoint."""

from chimera.batches.service import Batches, Files
from chimera.compat.exchange import Answer, Endpoint, Surface
from chimera.compat.openai.batching.batches import BatchEndpoints
from chimera.compat.openai.batching.files import FileEndpoints
from chimera.compat.openai.shape import OPENAI


def batching_routes(surface: Surface, files_: Files, batches_: Batches) -> list[tuple[str, str, Endpoint]]:
    files, batches = FileEndpoints(files_), BatchEndpoints(batches_)
    routes: tuple[tuple[str, str, Answer], ...] = (
        ("POST", "/v1/files", files.create),
        ("GET", "/v1/files", files.list),
        ("GET", "/v1/files/{file_id}", files.retrieve),
        ("DELETE", "/v1/files/{file_id}", files.delete),
        ("GET", "/v1/files/{file_id}/content", files.content),
        ("POST", "/v1/batches", batches.create),
        ("GET", "/v1/batches", batches.list),
        ("GET", "/v1/batches/{batch_id}", batches.retrieve),
        ("POST", "/v1/batches/{batch_id}/cancel", batches.cancel),
    )
    return [(method, path, Endpoint(surface, answer, OPENAI)) for method, path, answer in routes]
