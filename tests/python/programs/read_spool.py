"""Reads a spool directory as docs/spool-format.md describes it, with nothing but the standard library.

Prints one JSON object for each journal: its holder, the number of spans that are not acknowledged, the damaged places,
and the bodies of the batches in hexadecimal.
"""

import json
import re
import struct
import sys
import zlib
from pathlib import Path

MARKER = bytes.fromhex("F5524543")
HEADER_BYTES = 32
BATCH, ACKNOWLEDGEMENT = 1, 2
JOURNAL = re.compile(r"\d{15}-[0-9a-f]{16}@(free|[0-9a-f]{12}\.\d+\.\d+\.\d+)")


def header_at(segment, at):
    """Type, sequence number, length, spans and the payload's checksum; None when no whole record header is there."""
    header = segment[at : at + HEADER_BYTES]
    if len(header) < HEADER_BYTES or header[:4] != MARKER:
        return None
    (checksum,) = struct.unpack_from("<I", header, 28)
    return struct.unpack_from("<IQIII", header, 4) if zlib.crc32(header[:28]) == checksum else None


def records(segment):
    """Type, sequence number, spans and payload of each record; a type of None for each damaged place."""
    magic, version, _, _, _, checksum = struct.unpack_from("<8sIIQII", segment)
    if zlib.crc32(segment[:28]) == checksum and (magic, version) != (b"PRGSPOOL", 1):
        return
    at = HEADER_BYTES
    is_damaged = False
    while at < len(segment):
        header = header_at(segment, at)
        if header is None or at + HEADER_BYTES + header[2] > len(segment):
            if not is_damaged:
                yield None, 0, 0, b""
            is_damaged = True
            found = segment.find(MARKER, at + 1)
            at = found if found >= 0 else len(segment)
            continue
        is_damaged = False
        record_type, sequence, length, spans, checksum = header
        payload = segment[at + HEADER_BYTES : at + HEADER_BYTES + length]
        at += HEADER_BYTES + length
        if zlib.crc32(payload) == checksum:
            yield record_type, sequence, spans, payload
        else:
            yield None, 0, 0, b""


def read(journal):
    batches, acknowledged, damaged = {}, set(), 0
    for path in sorted(journal.glob("*.seg"), key=lambda path: int(path.stem)):
        for record_type, sequence, spans, payload in records(path.read_bytes()):
            if record_type is None:
                damaged += 1
            elif record_type == BATCH:
                batches[sequence] = (spans, payload)
            elif record_type == ACKNOWLEDGEMENT:
                acknowledged.update(struct.unpack(f"<{len(payload) // 8}Q", payload))
    left = [batch for sequence, batch in sorted(batches.items()) if sequence not in acknowledged]
    return {
        "holder": JOURNAL.fullmatch(journal.name).group(1),
        "spans": sum(spans for spans, _ in left),
        "damaged": damaged,
        "bodies": [payload.hex() for _, payload in left],
    }


for journal in sorted(Path(sys.argv[1]).iterdir()):
    if JOURNAL.fullmatch(journal.name):
        print(json.dumps(read(journal)))
