"""What `/docs` says of files and batches."""

from typing import Final

from chimera.compat.described import Json, json_of, ref
from chimera.compat.openai.batching.batches import ENDPOINTS
from chimera.compat.openai.batching.uploads import LONGEST_LIFE_S, PURPOSES, SHORTEST_LIFE_S
from chimera.compat.openai.described import ALWAYS, answers, operation, query, structure, whole

_FILE: Final = "file-0199c3f4a1b27c3d8e9f0a1b2c3d4e5f"
_BATCH: Final = "batch_0199c3f4a1b27c3d8e9f0a1b2c3d4e5f"
_TEXT: Final[Json] = {"type": "string"}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_MOMENT: Final[Json] = {"type": "integer", "description": "Unix seconds."}
_MAYBE_MOMENT: Final[Json] = {"type": ["integer", "null"], "description": "Unix seconds; null before it was so."}
_MAYBE_FILE: Final[Json] = {"type": ["string", "null"], "examples": [_FILE]}
_LIFE: Final[Json] = {"type": "integer", "minimum": SHORTEST_LIFE_S, "maximum": LONGEST_LIFE_S}
_METADATA: Final[Json] = {
    "type": ["object", "null"],
    "maxProperties": 16,
    "propertyNames": {"maxLength": 64},
    "additionalProperties": {"type": "string", "maxLength": 512},
}
_FAULT: Final = whole(
    {
        "code": _TEXT,
        "message": _TEXT,
        "param": {"type": ["string", "null"]},
        "line": {"type": ["integer", "null"], "description": "From 1; null for the whole file."},
    }
)


def _list_of(schema: str) -> Json:
    ends: Json = {"type": ["string", "null"]}
    return whole(
        {
            "object": {"const": "list"},
            "data": {"type": "array", "items": ref(schema)},
            "first_id": ends,
            "last_id": ends,
            "has_more": {"type": "boolean"},
        }
    )


SCHEMAS: Final[Json] = {
    "OpenAIFile": whole(
        {
            "id": {"type": "string", "examples": [_FILE]},
            "object": {"const": "file"},
            "bytes": _COUNT,
            "created_at": _MOMENT,
            "expires_at": {"type": ["integer", "null"], "description": "Unix seconds; null: it is kept."},
            "filename": _TEXT,
            "purpose": {"enum": [*PURPOSES, "batch_output"]},
            "status": {"const": "processed"},
            "status_details": {"type": "null"},
        }
    ),
    "OpenAIFileUpload": structure(
        {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            "purpose": {"enum": list(PURPOSES)},
            "expires_after[anchor]": {"const": "created_at"},
            "expires_after[seconds]": _LIFE,
        },
        "file",
        "purpose",
        additionalProperties=False,
        dependentRequired={
            "expires_after[anchor]": ["expires_after[seconds]"],
            "expires_after[seconds]": ["expires_after[anchor]"],
        },
        examples=[{"file": "…", "purpose": "batch"}],
    ),
    "OpenAIFileDeleted": whole({"id": _TEXT, "object": {"const": "file"}, "deleted": {"const": True}}),
    "OpenAIFileList": _list_of("OpenAIFile"),
    "OpenAIBatchRequest": structure(
        {
            "input_file_id": {"type": "string", "description": "A file of purpose `batch`.", "examples": [_FILE]},
            "endpoint": {"enum": list(ENDPOINTS), "description": "What every line asks."},
            "completion_window": {"const": "24h"},
            "metadata": _METADATA,
            "output_expires_after": structure({"anchor": {"const": "created_at"}, "seconds": _LIFE})
            | {"type": ["object", "null"], "additionalProperties": False},
        },
        "input_file_id",
        "endpoint",
        "completion_window",
        additionalProperties=False,
    ),
    "OpenAIBatch": whole(
        {
            "id": {"type": "string", "examples": [_BATCH]},
            "object": {"const": "batch"},
            "endpoint": _TEXT,
            "errors": {
                "type": ["object", "null"],
                "description": "What is wrong with the input, the first hundred faults.",
                "properties": {"object": {"const": "list"}, "data": {"type": "array", "items": _FAULT}},
                "required": ["object", "data"],
            },
            "input_file_id": _TEXT,
            "completion_window": {"const": "24h"},
            "status": {
                "enum": [
                    *("validating", "in_progress", "finalizing", "completed"),
                    *("failed", "expired", "cancelling", "cancelled"),
                ]
            },
            "output_file_id": _MAYBE_FILE,
            "error_file_id": _MAYBE_FILE,
            "created_at": _MOMENT,
            "expires_at": _MOMENT,
            **{
                f"{state}_at": _MAYBE_MOMENT
                for state in ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled")
            },
            "request_counts": whole({"total": _COUNT, "completed": _COUNT, "failed": _COUNT}),
            "metadata": _METADATA,
        }
    ),
    "OpenAIBatchList": _list_of("OpenAIBatch"),
}


def _id(name: str, example: str) -> Json:
    schema = {"type": "string", "minLength": 1}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": "Its id.",
        "schema": schema,
        "example": example,
    }


_FILE_ID: Final = _id("file_id", _FILE)
_BATCH_ID: Final = _id("batch_id", _BATCH)


def _after(prefix: str) -> Json:
    return query(
        "after", {"type": "string", "pattern": f"^{prefix}[0-9a-f]{{32}}$"}, "The last one of the page before."
    )


_FILES: Final[Json] = {
    "get": operation(
        "list_files",
        "List your files",
        "Newest first, unless told.",
        answers("Some of them.", json_of("OpenAIFileList"), (*ALWAYS, 400)),
        parameters=[
            query("purpose", {"type": "string"}, "Only those."),
            query("limit", {"type": "integer", "minimum": 1, "maximum": 10_000}, "At most so many; 10,000 by default."),
            query("order", {"enum": ["asc", "desc"]}, "By when they were brought."),
            _after("file-"),
        ],
    ),
    "post": operation(
        "create_file",
        "Bring a file",
        "Kept in the database, for ever or for `expires_after`. As large as `CHIMERA_MAX_FILE_MB` allows.",
        answers("The file.", json_of("OpenAIFile"), (*ALWAYS, 400, 413, 415)),
        requestBody={"required": True, "content": {"multipart/form-data": {"schema": ref("OpenAIFileUpload")}}},
    ),
}
_ONE_FILE: Final[Json] = {
    "get": operation(
        "retrieve_file",
        "Describe a file",
        "Without its content.",
        answers("The file.", json_of("OpenAIFile"), (*ALWAYS, 404)),
        parameters=[_FILE_ID],
    ),
    "delete": operation(
        "delete_file",
        "Delete a file",
        "A batch that still reads it fails.",
        answers("It is gone.", json_of("OpenAIFileDeleted"), (*ALWAYS, 404, 409)),
        parameters=[_FILE_ID],
    ),
}
_CONTENT: Final[Json] = {
    "get": operation(
        "download_file",
        "Read a file",
        "Byte for byte as it was brought.",
        answers("Its content.", {"application/octet-stream": {"schema": {"type": "string"}}}, (*ALWAYS, 404)),
        parameters=[_FILE_ID],
    )
}
_BATCHES: Final[Json] = {
    "get": operation(
        "list_batches",
        "List your batches",
        "Newest first.",
        answers("Some of them.", json_of("OpenAIBatchList"), (*ALWAYS, 400)),
        parameters=[
            query("limit", {"type": "integer", "minimum": 1, "maximum": 100}, "At most so many; 20 by default."),
            _after("batch_"),
        ],
    ),
    "post": operation(
        "create_batch",
        "Ask many things when there is time",
        "Each line of the input file is `{custom_id, method, url, body}`. All are asked of our own endpoint, so any "
        "model will do, at its usual price. A request that was in flight when its server died is asked again.",
        answers("The batch, not yet looked at.", json_of("OpenAIBatch"), (*ALWAYS, 400, 413, 415)),
        requestBody={"required": True, "content": json_of("OpenAIBatchRequest")},
    ),
}
_ONE_BATCH: Final[Json] = {
    "get": operation(
        "retrieve_batch",
        "Describe a batch",
        "Where it is, and the files with its results once it has ended.",
        answers("The batch.", json_of("OpenAIBatch"), (*ALWAYS, 404)),
        parameters=[_BATCH_ID],
    )
}
_CANCEL: Final[Json] = {
    "post": operation(
        "cancel_batch",
        "Cancel a batch",
        "What has been answered is kept; requests in flight have ten seconds to end.",
        answers("The batch, on its way to `cancelled`.", json_of("OpenAIBatch"), (*ALWAYS, 400, 404)),
        parameters=[_BATCH_ID],
    )
}
PATHS: Final[Json] = {
    "/v1/files": _FILES,
    "/v1/files/{file_id}": _ONE_FILE,
    "/v1/files/{file_id}/content": _CONTENT,
    "/v1/batches": _BATCHES,
    "/v1/batches/{batch_id}": _ONE_BATCH,
    "/v1/batches/{batch_id}/cancel": _CANCEL,
}
