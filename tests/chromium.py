"""The browser of the tests that drive a real one."""

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "tools" / "chromium.sh"


def chromium() -> str:
    """Return the path of a Chromium, installed if need be; the test fails where there is none."""
    found = subprocess.run([SCRIPT], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip().splitlines()[-1]
