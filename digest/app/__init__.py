"""The only place that builds things: settings become an `App`, whose methods the edges call."""

from digest.app.app import App
from digest.app.parts import wish_of
from digest.app.report import RunReport

__all__ = ["App", "RunReport", "wish_of"]
