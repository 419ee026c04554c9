"""The command line: parse a request, call one method of the app, show the report.

Commands stand in files of their own, by what they are about. Everything heavy is imported inside a
command, so that `digest --help` answers at once.
"""

from digest.cli.main import app, main

__all__ = ["app", "main"]
