"""Navette's settings, with the bare page beside its pages."""

from pathlib import Path

from navette.config.settings import *  # noqa: F403 - a settings module is all of another one, and what differs
from navette.config.settings import TEMPLATES

ROOT_URLCONF = "benchmarks.bare.urls"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "templates"]
