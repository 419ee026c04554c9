"""Issues and listings made readable: mail, feeds and the index page."""

from digest.render.encode import Envelope, encode
from digest.render.feeds import FeedFiles, FeedItem, FeedView, feeds, item_id
from digest.render.mail import MailParts, mail
from digest.render.page import PageRow, PageView, page, page_name
from digest.render.settings import RenderSettings, Unsubscribe
from digest.render.templates import Templates

__all__ = [
    "Envelope",
    "FeedFiles",
    "FeedItem",
    "FeedView",
    "MailParts",
    "PageRow",
    "PageView",
    "RenderSettings",
    "Templates",
    "Unsubscribe",
    "encode",
    "feeds",
    "item_id",
    "mail",
    "page",
    "page_name",
]
