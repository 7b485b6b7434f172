"""Make navette/demo/data/communes.json again: the communes of four départements, from the npm package
@etalab/decoupage-administratif (Licence Ouverte 2.0; see navette/demo/data/README.md).

Usage: .venv/bin/python tools/communes.py
"""

import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "@etalab/decoupage-administratif@6.0.0"
DEPARTMENTS = ("33", "45", "60", "95")
TARGET = Path(__file__).resolve().parent.parent / "navette/demo/data/communes.json"


def fetch(folder: Path) -> list[dict[str, Any]]:
    """Return the package's communes, fetched by `npm pack` into `folder`."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True
    )
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        member = archive.extractfile("package/data/communes.json")
        if member is None:
            raise SystemExit(f"{PACKAGE} holds no data/communes.json")
        communes: list[dict[str, Any]] = json.load(member)
    return communes


def extract(communes: list[dict[str, Any]]) -> dict[str, list[list[Any]]]:
    """Return, for each département, its present communes: code, name, postcode, population and arrondissement."""
    kept: dict[str, list[list[Any]]] = {code: [] for code in DEPARTMENTS}
    for commune in communes:
        if commune["type"] == "commune-actuelle" and commune.get("departement") in kept and "population" in commune:
            row = [commune["code"], commune["nom"], commune["codesPostaux"][0], commune["population"]]
            row.append(commune["arrondissement"])
            kept[commune["departement"]].append(row)
    return {code: sorted(rows) for code, rows in kept.items()}


def write(kept: dict[str, list[list[Any]]]) -> None:
    """Write one commune a line, so that a new version of the package shows as a readable difference."""
    blocks = []
    for code, rows in kept.items():
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        blocks.append(f'"{code}": [\n{lines}\n]')
    TARGET.write_text("{\n" + ",\n".join(blocks) + "\n}\n", encoding="utf-8")


def main() -> None:
    """Fetch, extract, write."""
    with tempfile.TemporaryDirectory() as folder:
        kept = extract(fetch(Path(folder)))
    write(kept)
    print(", ".join(f"{code}: {len(rows)} communes" for code, rows in kept.items()))


if __name__ == "__main__":
    main()
