"""The addresses: one for every list of the catalogue, or a word why there is none; and the schedule's text."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from compliance.errors import BadInput
from compliance.sources.catalogue import CATALOGUE
from compliance.updating.addresses import Source, chosen, load
from compliance.updating.page import page
from compliance.updating.running import by_publisher
from compliance.updating.schedule import schedule


def test_every_list_of_the_catalogue_can_be_fetched_or_says_why_not(tmp_path: Path) -> None:
    sources = load(tmp_path)
    for list_id in CATALOGUE:
        holding = [s for s in sources.values() if list_id in (*s.lists, *s.also)]
        assert holding, f"{list_id} has no address in addresses.toml, and no reason why"
        if all(s.by_hand for s in holding):
            with pytest.raises(BadInput, match=f"{list_id} cannot be fetched: {holding[0].by_hand}"):
                chosen(sources, [list_id])
        else:
            (source,) = chosen(sources, [list_id])
            assert list_id in source.lists


def test_every_address_is_of_https_and_says_when_it_was_looked_up(tmp_path: Path) -> None:
    for source in load(tmp_path).values():
        assert source.looked_up is not None
        assert all(address.startswith("https://") for address in (*source.files.values(), source.page or "https://"))


def test_all_that_can_be_fetched_is_the_default(tmp_path: Path) -> None:
    found = chosen(load(tmp_path), [])
    assert {"us-ofac-sdn", "us-ofac-consolidated"} <= {source.id for source in found}
    assert not any(source.by_hand for source in found)


def test_two_lists_of_one_file_are_fetched_once(tmp_path: Path) -> None:
    assert [source.id for source in chosen(load(tmp_path), ["us-ofac-cmic", "us-ofac-ssi"])] == ["us-ofac-consolidated"]


def test_a_list_that_a_file_holds_beside_others_is_taken_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "addresses.toml").write_text('[us-ofac-sdn]\nlists = []\nalso = ["us-ofac-sdn"]\n')
    (source,) = chosen(load(tmp_path), ["us-ofac-sdn"])
    assert source.lists == ("us-ofac-sdn",)
    assert "us-ofac-sdn" not in {s.id for s in chosen(load(tmp_path), [])}


def source(id: str, publisher: str, host: str) -> Source:
    return Source(id=id, publisher=publisher, lists=(), files={"f": f"https://{host}/f"})


@pytest.mark.parametrize(
    ("sources", "groups"),
    [
        ([source("a", "P", "x"), source("b", "Q", "y")], [["a"], ["b"]]),
        ([source("a", "P", "x"), source("b", "P", "y")], [["a", "b"]]),
        ([source("a", "P", "x"), source("b", "Q", "x")], [["a", "b"]]),
        ([source("a", "P", "x"), source("b", "Q", "y"), source("c", "Q", "x")], [["a", "b", "c"]]),
    ],
)
def test_a_publisher_or_a_server_stands_in_one_group(sources: Iterable[Source], groups: list[list[str]]) -> None:
    assert [[s.id for s in group] for group in by_publisher(sources)] == groups


def test_the_schedule_survives_strange_paths() -> None:
    text = schedule("/opt/my tools/compliance", ["un-sc"], {"COMPLIANCE_DATA_DIR": "/srv/100% sure"})
    cron = next(line for line in text.splitlines() if line.startswith("17 6,18"))
    assert shlex.split(cron.replace("\\%", "%"))[5:] == [
        "COMPLIANCE_DATA_DIR=/srv/100% sure",
        "/opt/my tools/compliance",
        "update",
        "un-sc",
    ]
    assert 'Environment="COMPLIANCE_DATA_DIR=/srv/100%% sure"' in text
    assert 'ExecStart="/opt/my tools/compliance" update un-sc' in text


def test_the_page_of_lists_is_the_one_that_the_catalogue_gives(tmp_path: Path) -> None:
    """Run `python -m compliance.updating.page > docs/lists.md` after a change of the catalogue or the addresses."""
    written = (Path(__file__).parents[2] / "docs" / "lists.md").read_text("utf-8")
    assert written == page(CATALOGUE.values(), load(tmp_path))


def test_only_an_update_loads_the_http_client() -> None:
    """Whoever screens a name does not wait for it."""
    code = "import sys, compliance.cli.app, compliance.facade; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
