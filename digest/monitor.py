"""Tell a monitor that a run went well, so that it can miss us when we are gone."""

from __future__ import annotations

_TIMEOUT_SECONDS = 10


def ping(url: str) -> str | None:
    """Call `url` (http or https, checked with the configuration); what went wrong, or `None`."""
    import urllib.request  # noqa: PLC0415 - heavy, and few runs have a monitor
    from http.client import HTTPException  # noqa: PLC0415

    request = urllib.request.Request(url, headers={"User-Agent": "digest"})  # noqa: S310 - checked scheme
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310 - checked scheme
            return None
    except (OSError, HTTPException) as error:
        return f"schedule.ping_url did not answer: {error}"
