"""The tokens file: what it may say, and what is said of a wrong one."""

from __future__ import annotations

from hashlib import sha256

import pytest

from serving import ConfigError
from serving.http import read_tokens
from serving.http.failures import RefusedError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "tokens.json: expected a JSON object of tokens"),
        ("[]", "Expected `object`, got `array`"),
        ('{"secret": "orders"}', "Expected `array`, got `str`"),
        ('{"secret": [1]}', "Expected `str`, got `int`"),
        ('{"": ["*"]}', "tokens.json: token 1: expected a token without spaces"),
        ('{"a": [], "sha256:12": ["*"]}', "tokens.json: token 2: expected sha256: and 64 hexadecimal digits, got 2"),
        ('{"sha256:' + "g" * 64 + '": ["*"]}', "64 hexadecimal digits"),
    ],
)
def test_a_wrong_file_is_refused_without_repeating_a_token(text, message):
    with pytest.raises(ConfigError) as caught:
        read_tokens(text, where="tokens.json")
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_digest_and_its_token_are_the_same_grant():
    plain = read_tokens('{"abc": ["orders"]}', where="t")
    hashed = read_tokens(f'{{"sha256:{sha256(b"abc").hexdigest()}": ["orders"]}}', where="t")
    assert plain == hashed
    assert plain.grant(b"bearer  abc ").names == {"orders"}
    assert b"abc" not in repr(plain).encode()


@pytest.mark.parametrize("header", [None, b"", b"Bearer", b"Bearer ", b"Bearer abcd", b"Basic abc", b"\xff"])
def test_any_other_header_is_a_401(header):
    with pytest.raises(RefusedError) as caught:
        read_tokens('{"abc": ["orders"]}', where="t").grant(header)
    assert caught.value.status == 401
