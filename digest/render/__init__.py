"""Issues and listings made readable: mail, feeds and pages."""

from digest.render.encode import Envelope, encode
from digest.render.feeds import FeedFiles, FeedItem, FeedView, feeds, item_id
from digest.render.mail import MailParts, mail
from digest.render.page import PageRow, PageView, page, page_name
from digest.render.settings import RenderSettings, Unsubscribe
from digest.render.templates import Templates
from digest.render.web_pages import WebPage, WebPages, web_pages

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
    "WebPage",
    "WebPages",
    "encode",
    "feeds",
    "item_id",
    "mail",
    "page",
    "page_name",
    "web_pages",
]
