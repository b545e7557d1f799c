"""What is cut out of a provider's messages, where a connection has headers of its own."""

import pytest

from chimera.adapters.credential import FixedHeaders


@pytest.mark.parametrize("value", ["sk-very-secret", "Bearer sk-very-secret", "Token  sk-very-secret"])
def test_a_key_is_cut_out_with_and_without_the_word_before_it(value: str) -> None:
    message = f"Incorrect API key provided: sk-very-secret. The header was `{value}`."
    for secret in FixedHeaders({"X-Key": value, "X-Team": "blue"}).secrets():
        message = message.replace(secret, "[key]")
    assert "secret" not in message
