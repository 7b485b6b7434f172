from pathlib import Path

import pytest

from navette.config.environment import demo_address
from navette.demo import DEMO_ADDRESS


@pytest.mark.parametrize(
    ("port", "kept", "address"),
    [
        (None, None, "http://127.0.0.1:8000"),
        (8100, None, "http://127.0.0.1:8100"),
        (None, "http://127.0.0.1:8333\n", "http://127.0.0.1:8333"),
        (8100, "http://127.0.0.1:8333\n", "http://127.0.0.1:8100"),
    ],
)
def test_mails_of_a_command_lead_to_where_the_demo_was_last_served(
    tmp_path: Path, port: int | None, kept: str | None, address: str
) -> None:
    if kept is not None:
        (tmp_path / DEMO_ADDRESS).write_text(kept)
    assert demo_address(tmp_path, port) == address
