"""Take the README's pictures from `out/demo` with Chromium: run `make run`, then `make pictures`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "out" / "demo"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def main(folder: Path) -> int:
    """Photograph the newest mail and the index page: light, dark and on a phone."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    mails = sorted(DEMO.glob("mail/*.html"))
    if program is None or not mails:
        missing = "chromium (on Debian: apt install chromium)" if mails else "the demo: run `make run` first"
        print(f"no pictures: there is no {missing}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=program, args=list(QUIET))
        for name, page in (("mail", mails[-1]), ("page", DEMO / "index.html")):
            for look, scheme, width in (
                ("light", "light", 760),
                ("dark", "dark", 760),
                ("phone", "light", 375),
            ):
                _photograph(browser, page, folder / f"{name}-{look}.png", scheme=scheme, width=width)
        browser.close()
    return 0


def _photograph(browser: Browser, page: Path, picture: Path, *, scheme: str, width: int) -> None:
    view = browser.new_page(
        viewport={"width": width, "height": 1100 if width > 400 else 812},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    view.goto(page.as_uri())
    view.screenshot(path=picture)
    view.close()
    print(f"wrote {picture.relative_to(ROOT) if picture.is_relative_to(ROOT) else picture}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"))
