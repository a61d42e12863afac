"""The command that prints a deadline."""

import pytest
import typer
from typer.testing import CliRunner

from liandong.catalogue.cli import deadline

app = typer.Typer()
app.command()(deadline)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["--start", "2024-02-07T10:00+08:00", "--working-days", 5], "2024-02-20T23:59:59.999+08:00"),
        (["--start", "2024-02-07T10:00", "--working-days", 5], "2024-02-20T23:59:59.999+08:00"),
        (["--start", "2024-02-07T02:00Z", "--working-minutes", 600], "2024-02-08T14:30:00+08:00"),
        (["--start", "2024-02-07T23:59:30", "--minutes", 1], "2024-02-08T00:00:30+08:00"),
        (
            ["--start", "2024-02-07T10:00", "--working-minutes", 60, "--hours", "09:00-10:30"],
            "2024-02-08T09:30:00+08:00",
        ),
    ],
)
def test_the_deadline_is_printed_in_iso_8601_with_its_zone(arguments, printed):
    result = run(*arguments)
    assert result.exit_code == 0
    assert result.stdout == printed + "\n"
    assert result.stderr == ""


def test_an_unpublished_year_is_warned_about_in_both_languages(tmp_path):
    result = run("--start", "2031-04-30", "--working-days", 1)
    assert result.stdout == "2031-05-01T23:59:59.999+08:00\n"
    assert "警告" in result.stderr
    assert "WARNING" in result.stderr
    upload = tmp_path / "2031.csv"
    upload.write_text("date,kind,name\n2031-05-01,holiday,劳动节\n")
    assert run("--start", "2031-04-30", "--working-days", 1, "--arrangement", upload).stdout.startswith("2031-05-02")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--start", "yesterday", "--minutes", 1],
        ["--start", "2024-02-30", "--minutes", 1],
        ["--start", "0001-01-01", "--minutes", 1],
        ["--start", "2024-02-07"],
        ["--start", "2024-02-07", "--minutes", 1, "--working-days", 1],
        ["--start", "2024-02-07", "--minutes", 0],
        ["--start", "2024-02-07", "--working-days", -1],
        ["--start", "2024-02-07", "--working-days", 1000000],
        ["--start", "2024-02-07", "--minutes", 1, "--hours", "9 to 5"],
        ["--start", "2024-02-07", "--minutes", 1, "--arrangement", "absent.csv"],
        ["--start", "9999-12-31", "--working-days", 1],
    ],
)
def test_wrong_input_is_refused_in_both_languages_with_exit_code_2(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "错误：" in result.stderr
    assert "error: " in result.stderr
