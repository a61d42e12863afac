"""`python -m liandong`."""

from liandong.cli.app import app

if __name__ == "__main__":  # a process that only learns imports this file again
    app()
