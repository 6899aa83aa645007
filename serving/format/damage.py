"""What decoding stored bytes raises when they are damaged."""

from __future__ import annotations

import msgspec

# msgspec leaves text that is no UTF-8 to Python's own error.
DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError)
