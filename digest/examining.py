"""The app seen by the doctor: before a run, and as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from digest import doctor, pipeline, store
from digest.app import App
from digest.errors import UsageError


@contextmanager
def working(app: App, wait: float, progress: pipeline.Progress = pipeline.silent) -> Iterator[store.Database]:
    """`App.writing` for a run: what would end it halfway is told before, all at once, as a `UsageError`."""
    if found := doctor.before_run(app.settings):
        lines = "\n".join(f"  - {f.subject}: {f.what}; {f.remedy}" for f in found)
        raise UsageError(f"nothing was begun:\n{lines}")
    with app.writing(wait, progress) as database:
        yield database


def examine(
    app: App,
    *,
    offline: bool,
    thorough: bool,
    send_to: str | None,
    progress: pipeline.Progress = pipeline.silent,
) -> doctor.Report:
    """Look at the whole installation and change nothing; a mail leaves where `send_to` is given."""
    settings = app.settings
    asked = store.Asked(domains=doctor.COUNTED_DOMAINS, since=app.now - doctor.LATELY)
    facts = store.examine(settings.database, asked, thorough=thorough)
    case = doctor.Case(
        settings=settings,
        config_path=app.config_path,
        now=app.now,
        facts=facts,
        signers=app.signers,
        mailbox=lambda: app.mailbox(look_only=True),
    )
    report = doctor.examine_case(case, offline=offline, progress=progress)
    # without the password that the report misses there is no way out
    if send_to is None or settings.mail.smtp.lacks_password:
        return report
    progress(doctor.Area.TEST_MAIL.value, 0, 1)
    return report.and_also(doctor.Area.TEST_MAIL, doctor.send_test_mail(case, send_to, app.sender()))
