"""What the tests of carriers share."""

from __future__ import annotations

import pytest

from devtools.certificates import self_signed


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The key and certificate of a relay at 127.0.0.1."""
    return self_signed(tmp_path_factory.mktemp("tls") / "relay.pem")
