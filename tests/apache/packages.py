"""What these tests need of the machine: Apache, and the three modules that vendors put before their pages.

They are packages of the system: nobody's `make` installs them, but `.ci/run` does as root on Debian.
"""

from pathlib import Path

PROGRAM = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
# Each Debian package, with the file that it brings.
NEEDED = {
    "apache2-bin": PROGRAM,
    "libapache2-mod-auth-cas": MODULES / "mod_auth_cas.so",
    "libapache2-mod-auth-openidc": MODULES / "mod_auth_openidc.so",
    "libapache2-mod-auth-mellon": MODULES / "mod_auth_mellon.so",
}


def missing() -> list[str]:
    """Return the Debian packages that are not installed here."""
    return [package for package, file in NEEDED.items() if not file.exists()]


def left_out() -> str:
    """Return the line that a run without these tests ends with."""
    modules = "Apache's mod_auth_cas, mod_auth_openidc and mod_auth_mellon"
    absent = " ".join(missing())
    return f"Left out: {modules} (make test-apache{f'; not installed: {absent}' if absent else ''})"
