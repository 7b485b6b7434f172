"""`navette move-in`: the same work from the command line."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from navette.lifecycle.models import Job
from navette.readers.models import Reader
from tests.lifecycle.moving_in.files import SUBSCRIBERS, person

pytestmark = pytest.mark.usefixtures("bazas", "today")


def run(path: Path, *options: str, kind: str = "subscribers") -> str:
    out = io.StringIO()
    call_command("move-in", kind, str(path), *options, stdout=out)
    return out.getvalue()


def test_it_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    with pytest.raises(CommandError, match="No such file"):
        run(path)
    path.write_text("%PDF-1.7")
    with pytest.raises(CommandError, match="PDF"):
        run(path)
    path.write_text("A;B\na;b\n")
    with pytest.raises(CommandError, match="Choisissez la colonne : Nom"):
        run(path)
    path.write_text(SUBSCRIBERS + person(1))
    with pytest.raises(CommandError, match="Champ inconnu : age"):
        run(path, "--columns", "age=Nom")
    with pytest.raises(CommandError, match="pas de colonne « Âge »"):
        run(path, "--columns", "last_name=Âge")
    assert not Reader.objects.exists()


def test_it_tries_then_takes_over_and_tells(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(SUBSCRIBERS.replace("Prénom", "Petit nom") + person(1) + person(2, state="?"))
    tried = run(path, "--dry-run", "--columns", "first_name=Petit nom")
    assert "À blanc" in tried
    assert "1 créés, 0 mis à jour, 0 inchangés, 1 rejetés." in tried
    assert not Reader.objects.exists()
    done = run(path, "--columns", "first_name=Petit nom")
    assert "Ligne 3, Statut : Ce mot n’est pas connu" in done
    assert Reader.objects.get().first_name == "Zoé"
    assert Job.objects.count() == 2
