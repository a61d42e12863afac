"""联动 Liandong: one caller, one matter, many centres, nothing lost between them."""

__version__ = "0.1.0"
