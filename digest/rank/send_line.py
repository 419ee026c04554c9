"""The line above which a paper is sent, without the numbers that it stands among."""

#: at this many points and above, a paper is *for you*
SEND_LINE = 50.0
