"""Reading files of messages (csv, xlsx, jsonl) for import."""

from liandong.imports.columns import parse_mapping
from liandong.imports.files import MessageFile, open_messages
from liandong.imports.model import BadRow, MessageFileError, Row
from liandong.imports.report import Report
from liandong.imports.run import BATCH_SIZE, Sink, import_messages

__all__ = [
    "BATCH_SIZE",
    "BadRow",
    "MessageFile",
    "MessageFileError",
    "Report",
    "Row",
    "Sink",
    "import_messages",
    "open_messages",
    "parse_mapping",
]
