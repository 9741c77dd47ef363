"""Makes half of the generated requests ask for what is there, and send what is right, instead of what is random."""

import json
import os
import zlib

import schemathesis

# From a part of a path to the ids that are stored under it. Those to be deleted have lists of their own.
STORED = json.loads(os.environ["STORED_IDS"])
DOOMED = json.loads(os.environ["DOOMED_IDS"])
# From the end of a path to a body that it takes.
BODIES = json.loads(os.environ["BODIES"])


def _ids_of(operation, name):
    """The ids that are stored for a parameter of an operation; none for one that is not an id."""
    kinds = DOOMED if operation.method.lower() == "delete" else STORED
    own = {"traceId": "trace", "sessionId": "session", "observationId": "observation", "key": "message"}.get(name)
    for kind, ids in kinds.items():
        if own == kind or (own is None and kind in operation.path):
            return ids
    return []


def _stored_id(context, name, generated):
    """One of the stored ids, or what was generated. The same choice in each run."""
    choice = zlib.crc32(str(generated).encode("utf-8", "backslashreplace"))
    ids = [] if context.operation is None else _ids_of(context.operation, name)
    return ids[choice // 2 % len(ids)] if ids and choice % 2 else generated


def _with_stored_ids(context, parameters):
    if not parameters:
        return parameters
    known = ("id", "traceId", "sessionId", "observationId", "key")
    return {name: _stored_id(context, name, value) if name in known else value for name, value in parameters.items()}


@schemathesis.hook
def before_add_examples(context, examples):
    """Asks each read for what is stored at least once, whatever chance makes of the other requests."""
    operation = context.operation
    if operation.method.lower() != "get":
        return
    required = {
        where: {parameter.name: _ids_of(operation, parameter.name) for parameter in parameters if parameter.is_required}
        for where, parameters in (("path_parameters", operation.path_parameters), ("query", operation.query))
    }
    if all(ids for named in required.values() for ids in named.values()):
        examples.append(
            operation.Case(**{where: {name: ids[0] for name, ids in named.items()} for where, named in required.items()})
        )


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return _with_stored_ids(context, path_parameters)


@schemathesis.hook
def map_query(context, query):
    known = _with_stored_ids(context, query)
    if not known or known == query:
        return known
    # A random place to go on from is valid nowhere.
    return {name: value for name, value in known.items() if name not in ("cursor", "after")}


@schemathesis.hook
def map_body(context, body):
    choice = zlib.crc32(repr(body).encode("utf-8", "backslashreplace"))
    if choice % 2 == 0 or context.operation is None or isinstance(body, bytes):
        return body
    return next((sample for end, sample in BODIES.items() if context.operation.path.endswith(end)), body)
