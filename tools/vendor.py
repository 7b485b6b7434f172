"""Fetch the vendored front-end files from npm, at pinned versions, and check their sums (tools/vendor.json).

`--update` writes the sums of what npm gives today: for a change of version, after reading what changed.
"""

import argparse
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tools" / "vendor.json"
STATIC = ROOT / "navette" / "web" / "static" / "vendor"
README = STATIC / "README.md"
# A source map is not kept, so the comment that names it goes: the static files' manifest would look for it.
SOURCE_MAP = re.compile(rb"\n?(/\*#|//#) sourceMappingURL=[^\n]*\n?\Z")
INTRO = """# Vendored files

Fetched from npm by `make vendor` at the versions below, which `tools/vendor.json` pins with the sum of each package.
They are kept as published, but for the comment that names a source map. Nothing here is edited by hand.

| package | version | licence | text of the licence | files |
|---|---|---|---|---|
"""


def packed(name: str, version: str) -> bytes:
    """Return the package's archive as npm gives it; SystemExit with a sentence where npm fails."""
    if not shutil.which("npm"):
        sys.exit("vendor: npm is missing (Debian: apt-get install npm).")
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{name}@{version}", "--pack-destination", folder]
        if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
            sys.exit(f"vendor: npm could not fetch {name}@{version}.")
        return next(Path(folder).glob("*.tgz")).read_bytes()


def checked(package: dict[str, Any], *, update: bool) -> bytes:
    """Return the archive of `package` once its sum is the expected one; `update` takes the sum over instead."""
    archive = packed(package["name"], package["version"])
    found = hashlib.sha256(archive).hexdigest()
    if update:
        package["sha256"] = found
    elif found != package["sha256"]:
        sys.exit(f"vendor: {package['name']} has sum {found}, {package['sha256']} was expected. Nothing was changed.")
    return archive


def unpack(archive: bytes, files: dict[str, str], folder: Path) -> None:
    """Write the `files` (path in the package: name here) of `archive` into `folder`, emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for source, target in files.items():
            member = tar.extractfile(f"package/{source}")
            if member is None:
                sys.exit(f"vendor: {source} is no file of its package.")
            (folder / target).write_bytes(SOURCE_MAP.sub(b"\n", member.read()))


def readme(packages: list[dict[str, Any]]) -> str:
    """Return the table of what is vendored for the site (what only the tests use stands beside the tests)."""
    rows = [
        f"| {p['name']} | {p['version']} | {p['licence']} | [{p['folder']}/LICENSE]({p['folder']}/LICENSE) | "
        f"{', '.join(f'`{name}`' for name in p['files'].values() if name != 'LICENSE')} |"
        for p in packages
        if "into" not in p
    ]
    return INTRO + "\n".join(rows) + "\n"


def main() -> None:
    """Fetch all, check all, and only then write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="take over the sums of what npm gives today")
    update = parser.parse_args().update
    packages = json.loads(LIST.read_text())
    archives = [checked(package, update=update) for package in packages]
    for package, archive in zip(packages, archives, strict=True):
        base = ROOT / package["into"] if "into" in package else STATIC
        unpack(archive, package["files"], base / package["folder"])
        print(f"{package['name']} {package['version']}")
    README.write_text(readme(packages))
    if update:
        LIST.write_text(json.dumps(packages, indent=2) + "\n")


if __name__ == "__main__":
    main()
