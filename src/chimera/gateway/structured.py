"""JSON out of an answer in which a model was only asked for it, and what is wrong with it. Pure."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import Any, Protocol

from chimera.kit.errors import InvalidRequestError
from chimera.llm import JsonSchema

_FENCED = re.compile(r"```(?:json|JSON)?[ \t]*\n(.*?)```", re.DOTALL)
_MOST_STARTS = 64
_MOST_FAULTS = 5
_LONGEST_FAULT = 200
_ANY_OBJECT = '{"type": "object"}'


class NoJsonError(Exception):
    """The answer holds no JSON document."""


class _Fault(Protocol):
    @property
    def instance_path(self) -> Sequence[str | int]: ...
    @property
    def message(self) -> str: ...


class _Validator(Protocol):
    def iter_errors(self, instance: Any) -> Iterator[_Fault]: ...


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows the schema that an answer must keep to."""

    _validator: _Validator

    def judge(self, text: str) -> str:
        """Return the answer's JSON alone, as the model wrote it.

        Raises:
            AnswerFaultError: with what to tell the model.
        """
        try:
            document, found = extracted(text)
        except NoJsonError as error:
            raise AnswerFaultError("It is not a JSON document.") from error
        faults = [_worded(fault) for fault in islice(self._validator.iter_errors(found), _MOST_FAULTS)]
        if faults:
            raise AnswerFaultError(" ".join(faults))
        return document


class AnswerFaultError(Exception):
    """The answer does not keep to its schema; the message says how."""


def judge_of(wanted: JsonSchema | None) -> Judge:
    """Return the judge of a schema, or of any JSON object. Belongs off the event loop.

    Raises:
        InvalidRequestError: if it is no schema. References to other documents are not followed.
    """
    schema = wanted.schema if wanted else _ANY_OBJECT
    library = import_module("jsonschema_rs")  # 6 MB, of which most servers have no need
    try:
        return Judge(library.validator_for(schema, retriever=_refuse))
    except (library.ValidationError, library.ReferencingError, ValueError) as error:
        said = str(error).partition("\n")[0][:_LONGEST_FAULT]
        raise InvalidRequestError(f"The JSON schema is not valid: {said}", field="response_format") from error


def extracted(text: str) -> tuple[str, Any]:
    """Return the JSON document in a text, as written and as read: all of it, in a fence, or between other words.

    Raises:
        NoJsonError: if there is none.
    """
    for candidate in _candidates(text):
        try:
            found, end = _decoder.raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        return candidate[:end], found
    raise NoJsonError


_decoder = json.JSONDecoder()


def _candidates(text: str) -> Iterator[str]:
    """Where a document may begin: the whole, then fences, then each opening bracket."""
    whole = text.strip()
    yield whole
    yield from (fenced.strip() for fenced in _FENCED.findall(whole))
    starts = (match.start() for match in re.finditer(r"[{\[]", whole))
    yield from (whole[start:] for start in islice(starts, _MOST_STARTS))


def _worded(fault: _Fault) -> str:
    where = "/".join(map(str, fault.instance_path))
    said = fault.message[:_LONGEST_FAULT].rstrip(".")
    return f"At `{where}`: {said}." if where else f"{said}."


def _refuse(uri: str) -> Any:
    raise ValueError(f"references to other documents ({uri[:100]}) are not followed")
