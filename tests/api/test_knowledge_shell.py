"""The knowledge base from the shell."""

import asyncio

from typer.testing import CliRunner

from liandong.cli.app import app
from liandong.knowledge.files import read_cards, sample


async def test_cards_are_imported_found_and_exported_from_the_shell(open_world, tmp_path):
    hotline = (await open_world("12345")).centre("12345")
    settings, path = hotline.node.settings, tmp_path / "12345.toml"
    key = settings.path(settings.key_file)
    path.write_text(
        f'centre = "12345"\ndsn = "{settings.dsn}"\nkey_file = "{key}"\nkid = "{settings.kid}"\n', encoding="utf-8"
    )

    async def run(*words, ok=True):
        def invoke():
            return CliRunner().invoke(app, ["knowledge", *words, "-s", str(path)], env={"COLUMNS": "220"})

        result = await asyncio.to_thread(invoke)
        assert (result.exit_code == 0) is ok, (result.output, result.exception)
        return result.output

    cards = str(sample())
    await run("import", cards, "--by", "甲", "--approved-by", "甲", ok=False)  # another person has to approve
    assert "导入 0 张" not in await run("import", cards, "--by", "甲", "--approved-by", "乙")
    assert "导入 0 张" in await run("import", cards, "--by", "甲", "--approved-by", "乙")
    assert "暖气不热处理" in await run("search", "nuanqi")
    assert "话术" not in await run("search", "话术", "--scope", "public")
    file = tmp_path / "out.xlsx"
    await run("export", str(file))
    assert read_cards(file) == read_cards(sample())
    await run("search", "x", "--scope", "everybody", ok=False)
    await run("import", str(tmp_path / "none.jsonl"), "--by", "甲", ok=False)
