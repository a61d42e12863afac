"""`python -m liandong`."""

from liandong.cli.app import app

app()
