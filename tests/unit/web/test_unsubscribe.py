"""The links: what opening one does (nothing), and what the button and one click do. U04 to U09."""

import http.client
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from lxml import html

from digest.store import Database, lock
from digest.tokens import KeyRing, Purpose, sign
from digest.web import application

ONE_CLICK = b"List-Unsubscribe=One-Click"
BOUNDARY = "a4c1"
MULTIPART = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n'
    f"--{BOUNDARY}--\r\n"
).encode()
BODIES = {
    "form": (ONE_CLICK, {"Content-Type": "application/x-www-form-urlencoded"}),
    "multipart": (MULTIPART, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}),
    "with a line's end": (ONE_CLICK + b"\r\n", {"Content-Type": "application/x-www-form-urlencoded"}),
    "without a type": (ONE_CLICK, {}),
    "a broken multipart": (b"--x\r\n\xff\xfe", {"Content-Type": "multipart/form-data"}),
    "nothing at all": (b"", {"Content-Length": "0"}),
}


@pytest.mark.parametrize(("body", "headers"), BODIES.values(), ids=BODIES)
def test_u04_one_click_is_done_without_a_redirect_and_a_second_one_is_fine_too(house, body, headers):
    first, second = (house.leave(house.token(), body, headers) for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    for answer in (first, second):
        assert "location" not in answer.headers
        assert "set-cookie" not in answer.headers
    assert house.status_of(1)[:2] == ("unsubscribed", "one-click")
    assert [house.status_of(n)[0] for n in (2, 3)] == ["active", "active"]


def test_u04_the_first_no_keeps_its_moment(house):
    house.leave(house.token())
    before = house.dump
    time.sleep(0.01)
    house.leave(house.token())
    assert house.dump == before


def test_u05_get_head_and_options_change_nothing(house):
    before = house.dump
    path = f"/u/{house.token()}"
    answers = {method: house.ask(method, path) for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")}
    assert {m: a.status for m, a in answers.items()} == {
        "GET": 200,
        "HEAD": 200,
        "OPTIONS": 204,
        "PUT": 405,
        "DELETE": 405,
    }
    assert answers["HEAD"].body == b""
    assert answers["HEAD"].headers["content-length"] == str(len(answers["GET"].body))
    assert house.dump == before


def test_u05_fifty_scanners_at_once_change_nothing(house):
    before = house.dump
    paths = [f"/u/{house.token(n % 3 + 1)}" for n in range(50)]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda path: house.ask("GET", path), paths))
    assert {answer.status for answer in answers} == {200}
    assert house.dump == before


def test_u06_the_pages_own_form_unsubscribes_without_script_or_login(house):
    path = f"/u/{house.token(2)}"
    page = html.document_fromstring(house.ask("GET", path).text)
    (form,) = page.forms
    assert (form.method, form.action) == ("POST", None)  # to the page's own address
    (button,) = form.findall(".//button")
    assert button.get("type") == "submit"
    assert page.findall(".//script") == []
    fields = "&".join(f"{name}={value}" for name, value in form.form_values())
    answer = house.leave(house.token(2), fields.encode())
    assert answer.status == 200
    assert "You are unsubscribed" in answer.text
    assert house.status_of(2)[:2] == ("unsubscribed", "page")


def test_u07_a_no_is_heard_while_a_run_holds_its_lock(house):
    with lock(house.folder / "digest.db.lock", wait=0), Database(house.database).read() as reading:
        assert len(reading.subscribers.active()) == 3
        assert house.leave(house.token()).status == 200
        assert house.status_of(1)[0] == "unsubscribed"


def test_u07_where_another_program_writes_for_long_the_provider_is_asked_to_come_back(opened):
    with opened(patience=0.2) as house:
        with closing(sqlite3.connect(house.database, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            answer = house.leave(house.token())
            assert (answer.status, answer.headers["retry-after"]) == (503, "120")
            # whoever only looks need not wait
            assert house.ask("GET", f"/u/{house.token()}").status == 200
            writer.execute("ROLLBACK")
        assert house.status_of(1)[0] == "active"
        assert house.leave(house.token()).status == 200
        assert len(house.told) == 1
        assert "locked" in house.told[0]
        assert house.token() not in house.told[0]


def test_u07_where_the_database_is_no_database_the_provider_is_asked_to_come_back(opened, tmp_path):
    with opened() as house:
        token = house.token()
        house.desk.close()
        for name in ("digest.db-wal", "digest.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        house.database.write_bytes(b"not a database at all" * 1000)
        answers = [house.ask("GET", f"/u/{token}"), house.leave(token)]
        assert [(a.status, a.headers["retry-after"]) for a in answers] == [(503, "120")] * 2
        assert "is this file a digest database?" in house.told[0]


def test_u07_an_answer_that_takes_too_long_is_put_off(opened, monkeypatch):
    monkeypatch.setattr(application, "_PATIENCE", 0.1)
    with opened() as house:
        release = threading.Event()
        monkeypatch.setattr(house.desk, "unsubscribe", lambda *_a, **_k: release.wait(60))
        assert house.leave(house.token()).status == 503
        release.set()
        assert "no answer in time" in house.told[0]


NO_TOKENS = {
    "empty": "",
    "short": "abc",
    "long": "A" * 5000,
    "cut off": lambda t: t[:-1],
    "a letter more": lambda t: t + "A",
    "another case": str.swapcase,
    "padded": lambda t: t + "%3D",
    "with a blank": lambda t: t + "%20",
    "non-ASCII": "%C3%BC" * 12,
    "no UTF-8": "%FF%FE" * 12,
    "a NUL": "%00" * 24,
    "half a character": "%ED%A0%80" * 8,
    "a way up": "..%2F..%2Fdigest.db",
    "a format": "%25s%25n{0}",
}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("made", NO_TOKENS.values(), ids=NO_TOKENS)
def test_u08_what_is_no_token_gets_a_page_of_its_own_and_never_a_500(house, method, made):
    before = house.dump
    token = made(house.token()) if callable(made) else made
    answer = house.ask(method, f"/u/{token}", ONE_CLICK if method == "POST" else None)
    assert answer.status == 404
    if method != "HEAD":
        assert "This link does not work" in answer.text
    assert house.dump == before


def test_u08_a_forged_token_and_one_of_another_purpose_do_nothing(house):
    before = house.dump
    forged = KeyRing(secrets={1: bytes(32)}, current=1)
    future = KeyRing(secrets={9: house.keys.secrets[1]}, current=9)
    wrong = [
        sign(Purpose.UNSUBSCRIBE, 1, forged),
        sign(Purpose.UNSUBSCRIBE, 1, future),
        *(house.token(1, purpose) for purpose in Purpose if purpose is not Purpose.UNSUBSCRIBE),
    ]
    pages = {house.ask(method, f"/u/{token}", b"").body for token in wrong for method in ("GET", "POST")}
    assert [house.leave(token).status for token in wrong] == [404] * len(wrong)
    # one and the same page, whatever is wrong
    assert len(pages) == 1
    assert house.dump == before


def test_u08_the_page_tells_nothing_of_the_reader(house):
    answers = [house.ask("GET", f"/u/{house.token(n)}") for n in (1, 2)]
    house.leave(house.token(2))
    answers.append(house.ask("GET", f"/u/{house.token(2)}"))
    assert len({answer.body for answer in answers}) == 1
    assert not any(word in answers[0].text for word in ("reader1", "@reader.example", house.token()))


def test_u09_a_link_signed_before_the_key_was_rotated_works_and_so_does_a_new_one(house):
    old = house.token(1)
    with Database(house.database).write() as transaction:
        transaction.instance.add_key(transaction.instance.get().created_at)
    new = house.token(2)
    assert new[:2] != old[:2]
    assert [house.ask("GET", f"/u/{token}").status for token in (old, new)] == [200, 200]
    assert [house.leave(token).status for token in (old, new)] == [200, 200]
    assert [house.status_of(n)[0] for n in (1, 2, 3)] == ["unsubscribed", "unsubscribed", "active"]


def test_somebody_forgotten_is_told_that_no_mails_come(house):
    token = house.token(3)
    house.execute("DELETE FROM interest WHERE subscriber_id = 3")
    house.execute("DELETE FROM subscriber WHERE id = 3")
    before = house.dump
    assert house.ask("GET", f"/u/{token}").status == 200
    assert house.leave(token).status == 200
    assert house.dump == before


def test_a_complaint_stays_one(house):
    house.execute("UPDATE subscriber SET status = 'complained', status_reason = 'fbl' WHERE id = 1")
    before = house.dump
    assert house.leave(house.token()).status == 200
    assert house.dump == before


def test_a_bounced_reader_who_says_no_is_taken_at_their_word(house):
    house.execute("UPDATE subscriber SET status = 'bounced', status_reason = '5.1.1' WHERE id = 1")
    house.leave(house.token())
    assert house.status_of(1)[:2] == ("unsubscribed", "one-click")


def test_before_the_first_run_a_link_is_put_off_rather_than_called_wrong(opened, tmp_path):
    with opened() as house:
        token = house.token()
        house.desk.close()
        for name in ("digest.db", "digest.db-wal", "digest.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        answers = [house.ask("GET", f"/u/{token}"), house.leave(token)]
        assert [(a.status, a.headers["retry-after"]) for a in answers] == [(503, "120")] * 2
        assert not house.database.exists()


def test_a_connection_serves_one_request(house):
    host, port = house.site.listen.host, house.site.listen.port
    with closing(http.client.HTTPConnection(host, port, timeout=60)) as connection:
        connection.request("GET", f"/u/{house.token()}")
        answer = connection.getresponse()
        answer.read()
        assert answer.headers["Connection"] == "close"
        assert connection.sock is None
