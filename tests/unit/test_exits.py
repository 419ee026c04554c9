from collections import Counter
from dataclasses import replace

import pytest

from digest import errors, exits, pipeline
from digest.app import RunReport
from digest.model import DeliveryState, Problem, Severity
from tests.listings import listing


def ingest(*severities):
    problems = tuple(Problem(where="a:1", what="odd", severity=s) for s in severities)
    one = listing(problems=problems)
    return pipeline.IngestReport(
        files=(pipeline.FileReport(source="s", listing=one, day=None, new=0, known=0),), waiting=()
    )


def publish(*, failed=False):
    problems = (Problem(where="subscriber a", what="no address", severity=Severity.FATAL),) if failed else ()
    return pipeline.PublishReport(issues=(), skipped=(), not_due=(), messages=0, problems=problems)


def deliver(*states, stopped=None):
    sent = tuple(
        pipeline.Delivered(recipient="a@reader.example", edition="2026-11-20", state=s, detail=None)
        for s in states
    )
    return pipeline.DeliverReport(deliveries=sent, counts=Counter(states), stopped=stopped)


@pytest.mark.parametrize(
    ("severities", "code"),
    [((), 0), ((Severity.NOTE,), 0), ((Severity.NOTE, Severity.LOST), 4), ((Severity.FATAL,), 4)],
)
def test_lost_records_are_4_and_notes_are_nothing(severities, code):
    assert ingest(*severities).exit_code == code


BAD = {DeliveryState.DEFERRED, DeliveryState.REFUSED, DeliveryState.IN_DOUBT, DeliveryState.EXPIRED}


@pytest.mark.parametrize("state", DeliveryState)
def test_a_delivery_that_failed_or_is_in_doubt_is_3(state):
    assert deliver(DeliveryState.ACCEPTED, state).exit_code == (3 if state in BAD else 0)


def test_a_way_out_that_is_down_is_3_also_where_nothing_was_tried():
    assert deliver(stopped="no route").exit_code == 3


def test_an_issue_that_could_not_be_written_is_3():
    assert publish(failed=True).exit_code == 3
    assert publish().exit_code == 0


def run(**reports):
    return RunReport(
        output=None, **{"ingest": ingest(), "publish": publish(), "deliver": deliver()} | reports
    )


def test_failed_deliveries_come_before_lost_records():
    assert run(ingest=ingest(Severity.LOST), deliver=deliver(DeliveryState.REFUSED)).exit_code == 3
    assert run(ingest=ingest(Severity.LOST)).exit_code == 4


def test_told_to_stop_is_no_success_and_no_failure_of_mails():
    stopped = replace(deliver(), interrupted=True)

    assert run(deliver=stopped).exit_code == exits.STOPPED == 130
    assert "the rest goes with the next run" in run(deliver=stopped).problem_lines()[0]
    doubtful = replace(deliver(DeliveryState.IN_DOUBT), interrupted=True)
    assert run(deliver=doubtful).exit_code == exits.DELIVERY


def test_nothing_to_do_is_0():
    assert run().exit_code == run(deliver=None).exit_code == 0


def test_every_code_is_explained_and_every_error_has_one_of_them():
    codes = {exits.DONE, exits.BUG, exits.USAGE, exits.DELIVERY, exits.SOURCE, exits.LOCKED, exits.STOPPED}
    kinds = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.DigestError)]

    assert codes == {0, 1, 2, 3, 4, 5, 130}
    assert all(f"  {code} " in exits.EXIT_CODES for code in codes - {exits.STOPPED})
    assert {kind.exit_code for kind in kinds} <= codes
    assert errors.LockedError.exit_code == exits.LOCKED


def test_an_output_that_could_not_be_written_is_2_and_costs_no_mail():
    broken = pipeline.OutputReport(files=0, written=0, problem="cannot write out/index.html")
    report = RunReport(
        ingest=ingest(), publish=publish(), output=broken, deliver=deliver(DeliveryState.ACCEPTED)
    )

    assert report.exit_code == exits.USAGE
    assert report.problem_lines() == ["cannot write out/index.html"]
