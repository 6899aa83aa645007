"""Look-ups over HTTP: an ASGI application that speaks Feast's JSON, and a server to run it."""

from serving.http.app import App
from serving.http.settings import Limits, Settings
from serving.http.tokens import Tokens, read_tokens

__all__ = ["App", "Limits", "Settings", "Tokens", "read_tokens"]
