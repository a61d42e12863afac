"""The command line. Each group of commands is a file of its own; importing stays cheap, so that `--help` is instant."""

import typer

from liandong import __version__
from liandong.cli import (
    accounts,
    acting,
    assessment,
    attachments,
    catalogue,
    conformance,
    demo,
    emergencies,
    handling,
    interfaces,
    knowledge,
    learning,
    ledger,
    loop,
    models,
    node,
    policing,
    records,
    text,
    units,
    watch,
)

app = typer.Typer(
    name="liandong",
    help="联动：12345 与 110 等热线的对接联动 / links a city's hotlines, so that nothing is lost between them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(shown: bool) -> None:
    if shown:
        typer.echo(f"liandong {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(False, "--version", help="版本 / version", callback=_version, is_eager=True),
) -> None:
    """联动"""


for part in (
    catalogue,
    units,
    demo,
    node,
    accounts,
    records,
    acting,
    handling,
    interfaces,
    attachments,
    ledger,
    watch,
    text,
    learning,
    models,
    conformance,
    loop,
    assessment,
    policing,
    knowledge,
    emergencies,
):
    part.register(app)
