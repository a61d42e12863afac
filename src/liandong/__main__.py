"""`python -m liandong`."""

from liandong.cli import app

app()
