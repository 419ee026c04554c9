"""A folder of an IMAP server, over real sockets: flags tell what was looked at."""

import ssl
from datetime import date

import pytest
import trustme

from digest.errors import MailboxError
from digest.mailbox import ImapMailbox, ImapSecurity, ImapSettings
from tests.imap_server import ImapServer

SINCE = date(2026, 10, 21)
MAIL = b"Subject: one\n\nGr\xc3\xbc\xc3\x9fe\n"


def settings(server, **facts):
    values = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": ImapSecurity.NONE,
        "username": "digest",
        "password": "pässword",
        "timeout": 5.0,
    }
    return ImapSettings(**(values | facts))


def box(server, *, look_only=False, longest=1000, **facts):
    return ImapMailbox(settings(server, **facts), since=SINCE, longest=longest, look_only=look_only)


def read(server, **facts):
    found = box(server, **facts)
    try:
        return list(found.mails())
    finally:
        found.close()


def test_new_mails_are_read_and_stay_unseen():
    with ImapServer() as server:
        server.add(MAIL)
        server.add(b"x" * 5000)
        mails = read(server)

    assert [(m.place, m.size) for m in mails] == [("mail 1", len(MAIL) + 3), ("mail 4", 5000)]
    assert mails[0].head == MAIL.replace(b"\n", b"\r\n")
    assert len(mails[1].head) == 1000
    assert [m.flags for m in server.mails] == [set(), set()]


def test_flags_tell_what_was_understood_and_nothing_is_read_twice():
    with ImapServer() as server:
        server.add(MAIL)
        server.add(MAIL)
        found = box(server)
        understood, other = list(found.mails())
        found.put_away(understood, understood=True)
        found.put_away(other, understood=False)
        found.close()

        assert [m.flags for m in server.mails] == [{"\\Seen", "DigestDone"}, {"DigestLooked"}]
        assert read(server) == []


def test_a_mail_that_a_person_read_first_is_still_looked_at():
    with ImapServer() as server:
        server.add(MAIL, flags=("\\Seen",))

        assert len(read(server)) == 1


def test_a_server_without_keywords_gets_the_flags_that_all_have():
    with ImapServer(keywords=False) as server:
        server.add(MAIL)
        server.add(MAIL)
        found = box(server)
        understood, other = list(found.mails())
        found.put_away(understood, understood=True)
        found.put_away(other, understood=False)

        found.close()
        assert [m.flags for m in server.mails] == [{"\\Seen"}, {"\\Flagged"}]
        assert read(server) == []


def test_old_and_deleted_mails_are_left_alone():
    with ImapServer() as server:
        server.add(MAIL, came=date(2026, 10, 20))
        server.add(MAIL, flags=("\\Deleted",))
        server.add(MAIL, came=SINCE)

        assert [m.place for m in read(server)] == ["mail 7"]


def test_a_look_alone_opens_the_folder_read_only():
    with ImapServer() as server:
        server.add(MAIL)
        assert len(read(server, look_only=True)) == 1

    assert 'EXAMINE "INBOX"' in server.seen
    assert not any("STORE" in words for words in server.seen)


def test_nothing_is_moved_deleted_or_answered():
    with ImapServer() as server:
        server.add(MAIL)
        found = box(server)
        for mail in found.mails():
            found.put_away(mail, understood=True)
        found.close()

    commands = {
        words.split()[0] if not words.startswith("UID") else " ".join(words.split()[:2])
        for words in server.seen
    }
    assert commands == {
        "CAPABILITY",
        "AUTHENTICATE",
        "SELECT",
        "UID SEARCH",
        "UID FETCH",
        "UID STORE",
        "LOGOUT",
    }


def test_a_server_without_plain_login_is_logged_in_to_the_old_way():
    with ImapServer(capabilities="IMAP4rev1", user=("digest", 'pass "word"')) as server:
        server.user = ("digest", 'pass \\"word\\"')
        assert read(server, password='pass "word"') == []


@pytest.mark.parametrize("security", [ImapSecurity.TLS, ImapSecurity.STARTTLS])
def test_the_connection_is_protected_and_the_certificate_checked(security, monkeypatch):
    authority = trustme.CA()
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(server_side)
    starttls = security is ImapSecurity.STARTTLS
    capabilities = "IMAP4rev1 AUTH=PLAIN STARTTLS"
    with ImapServer(context=server_side, starttls=starttls, capabilities=capabilities) as server:
        server.add(MAIL)
        with pytest.raises(MailboxError, match="certificate"):
            read(server, security=security, host="localhost")
        assert len(read(server, security=security, host="localhost", verify=False)) == 1
        with authority.cert_pem.tempfile() as trusted:
            monkeypatch.setenv("SSL_CERT_FILE", trusted)
            assert len(read(server, security=security, host="localhost")) == 1


def test_a_folder_of_another_name_is_read():
    with ImapServer(folder='Post \\"Box\\"') as server:
        server.add(MAIL)
        assert len(read(server, folder='Post "Box"')) == 1


TROUBLES = {
    "a wrong password": ({}, {"password": "wrong"}, "wrong name or password"),
    "no such folder": ({}, {"folder": "Elsewhere"}, "no such folder"),
    "a folder beyond ASCII": ({}, {"folder": "Rückläufer"}, "cannot open"),
    "a search that is refused": ({"refuse": "UID SEARCH"}, {}, "refused to search"),
    "a fetch that is refused": ({"refuse": "UID FETCH"}, {}, "refused to fetch"),
    "cut off at the login": ({"cut_at": "AUTHENTICATE"}, {}, "cannot open"),
    "cut off at the search": ({"cut_at": "UID SEARCH"}, {}, "cannot search"),
    "cut off at a mail": ({"cut_at": "UID FETCH"}, {}, "cannot fetch"),
    "TLS where there is none": ({}, {"security": ImapSecurity.TLS}, "cannot open"),
    "STARTTLS where there is none": ({}, {"security": ImapSecurity.STARTTLS}, "cannot open"),
}


@pytest.mark.parametrize(("levers", "facts", "words"), TROUBLES.values(), ids=TROUBLES.keys())
def test_trouble_is_named_with_the_place_and_without_the_password(levers, facts, words):
    with ImapServer(**levers) as server:
        server.add(MAIL)
        with pytest.raises(MailboxError, match=words) as told:
            read(server, **facts)

    assert "127.0.0.1" in str(told.value)
    assert "pässword" not in str(told.value)


def test_a_mark_that_is_refused_is_named():
    with ImapServer(refuse="UID STORE") as server:
        server.add(MAIL)
        found = box(server)
        (mail,) = found.mails()
        with pytest.raises(MailboxError, match="refused to mark"):
            found.put_away(mail, understood=True)
        found.close()
        found.close()


def test_nobody_there_is_named():
    with ImapServer() as server:
        port = server.port
    with pytest.raises(MailboxError, match=f"127.0.0.1:{port}"):
        read(type("Gone", (), {"port": port}))
