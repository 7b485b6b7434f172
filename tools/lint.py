"""Run every check that needs no browser and no database server, all of them, and say which failed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
CHECKS = {
    "style": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "layers": ["lint-imports"],
    "templates": ["djlint", "navette", "--lint", "--quiet"],
    "types": ["mypy"],
    "migrations": ["navette", "makemigrations", "--check", "--dry-run"],
    "deploy": ["navette", "check", "--deploy", "--fail-level", "WARNING"],
}
SERVER = {
    "SECRET_KEY": "lint-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "navette.example.org",
    "SITE_URL": "https://navette.example.org",
    "EMAIL_URL": "smtp://localhost:25",
    "DEFAULT_FROM_EMAIL": "navette@example.org",
}


def main() -> int:
    failed = []
    with tempfile.TemporaryDirectory() as data:
        env = os.environ | SERVER | {"NAVETTE_DATA": data, "DATABASE_URL": f"sqlite:///{data}/lint.sqlite3"}
        for name, command in CHECKS.items():
            print(f"== {name}", flush=True)
            if subprocess.run([BIN / command[0], *command[1:]], env=env, check=False).returncode:
                failed.append(name)
    print(f"lint: failed in {', '.join(failed)}" if failed else "lint: all is well")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
