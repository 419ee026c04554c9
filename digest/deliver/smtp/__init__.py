"""SMTP: our own client over asyncio, one lane for each connection (RFC 5321, RFC 2920)."""

from digest.deliver.smtp.probe import Probe, ProbeStep, probe_server
from digest.deliver.smtp.sender import SmtpSender
from digest.deliver.smtp.settings import Security, SmtpSettings

__all__ = ["Probe", "ProbeStep", "Security", "SmtpSender", "SmtpSettings", "probe_server"]
