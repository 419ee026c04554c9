"""A mail that came back wakes `digest serve`: a no in a Maildir is heeded within seconds."""

from digest.config import load
from digest.frontdesk import FrontDesk


def test_a_maildir_is_among_the_places_that_are_watched(tmp_path):
    (tmp_path / "config.yaml").write_text("sources: []\nmail: {mailbox: {maildir: post}}\n")
    path = tmp_path / "config.yaml"
    desk = FrontDesk(load(path, {}), config_path=path)

    assert desk.places == [tmp_path / "post" / "new"]
    assert desk.inboxes == desk.places
    desk.close()
