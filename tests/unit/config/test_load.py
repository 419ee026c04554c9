from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import Security, Settings, load
from digest.errors import ConfigError, UsageError
from digest.model import Field, Format, Frequency, Interest, Rate, WhenEmpty


@pytest.fixture
def config(tmp_path):
    """Writes a configuration and loads it with the given environment."""

    def write_and_load(text, **environ):
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, environ)

    return write_and_load


@pytest.fixture
def mistakes(config):
    """The mistakes that a configuration is refused with."""

    def told(text, **environ):
        with pytest.raises(ConfigError) as caught:
            config(text, **environ)
        return list(caught.value.problems)

    return told


def test_an_empty_file_gives_the_defaults_with_absolute_paths(config, tmp_path):
    settings = config("")
    assert settings.database == tmp_path / "digest.db"
    assert [(s.name, s.path, s.settle) for s in settings.sources] == [
        ("inbox", tmp_path / "inbox", timedelta(seconds=10))
    ]
    assert settings.output.folder == tmp_path / "out"
    assert settings.mail.folder == tmp_path / "mail"
    assert settings.mail.smtp.host is None
    assert settings.mail.unsubscribe_address == "digest@localhost"
    assert settings.subscribers == ()
    assert settings.templates is None


def test_settings_made_without_a_file_equal_an_empty_one(config):
    loaded, made = config(""), Settings()
    assert made.defaults == loaded.defaults
    assert made.mail.smtp == loaded.mail.smtp
    assert made.database == Path("digest.db")


def test_paths_count_from_the_file_wherever_it_is_read_from(tmp_path, monkeypatch):
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "config.yaml").write_text("database: ../var/digest.db\ntemplates: /srv/templates\n")
    monkeypatch.chdir(tmp_path)
    settings = load(Path("etc/config.yaml"), {})
    assert settings.database == tmp_path / "var" / "digest.db"
    assert settings.templates == Path("/srv/templates")


def test_a_database_goes_by_its_own_name_whatever_links_lead_to_it(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "here.db").symlink_to(tmp_path / "kept" / "digest.db")
    (tmp_path / "config.yaml").write_text("database: here.db\n")
    settings = load(tmp_path / "config.yaml", {})
    assert settings.database == tmp_path / "kept" / "digest.db"


def test_every_kind_of_value_is_read(config):
    settings = config("""
schedule:
  catch_up: 3d
  ping_url: https://monitor.example.org/x
defaults:
  at: 07:30
  tz: Europe/Berlin
  every: week
  on: fri
  empty: say
ranking:
  line: 42.5
  sections: {trending: 0}
feeds:
  enabled: no
mail:
  from_address: papers@digest.example
  smtp:
    host: localhost
    security: starttls
    timeout: 90s
""")
    assert settings.schedule.catch_up == timedelta(days=3)
    assert settings.schedule.wait_until == timedelta(hours=6)
    assert settings.defaults.at == time(7, 30)
    assert settings.defaults.time_zone == "Europe/Berlin"
    assert settings.defaults.every is Frequency.WEEK
    assert settings.defaults.on == "fri"
    assert settings.defaults.empty is WhenEmpty.SAY
    assert settings.ranking.line == 42.5
    assert settings.ranking.sections.trending == 0
    assert settings.ranking.sections.also_new == 40
    assert settings.feeds.enabled is False
    assert settings.mail.unsubscribe_address == "papers@digest.example"
    assert settings.mail.smtp.security is Security.STARTTLS
    assert settings.mail.smtp.port == 587
    assert settings.mail.smtp.timeout == timedelta(seconds=90)


def test_rates_are_read_for_all_and_by_domain(config):
    mail = config("""
mail:
  rate: 600/m
  domain_rates:
    X.example: 20/m
    bücher.example: 5/s
    "*": 100/h
""").mail
    assert mail.rate == Rate(count=600, period=timedelta(minutes=1))
    assert mail.domain_rates == {
        "X.example": Rate(count=20, period=timedelta(minutes=1)),
        "bücher.example": Rate(count=5, period=timedelta(seconds=1)),
        "*": Rate(count=100, period=timedelta(hours=1)),
    }


def test_wrong_rates_are_told_each_with_its_place(mistakes):
    told = mistakes(
        "mail:\n  domain_rates:\n    x.example: fast\n    y.example: 1/s\n    z: slow\n    '': 1/s\n"
    )
    assert [problem.partition(": ")[0] for problem in told] == [
        "mail.domain_rates.x.example, line 3",
        "mail.domain_rates.z, line 5",
        "mail.domain_rates., line 6",
    ]


@pytest.mark.parametrize(("security", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_the_usual_port_follows_from_the_security(config, security, port):
    text = "mail: {smtp: {host: localhost, security: none}}".replace("none", security)
    assert config(text).mail.smtp.port == port
    assert config(text.replace("}}", ", port: 2525}}")).mail.smtp.port == 2525


def test_subscribers_are_read_with_their_lines(config):
    settings = config("""\
subscribers:
  - address: Vision@Reader.example
    keywords: [diffusion models, "speech synthesis^2"]
    mute: medical imaging
    tz: Europe/Berlin
  # a comment between
  - name: language
    format: feed
    interests:
      - author: Ada Lovelace
      - {text: survey, weight: 0.5, field: title}
""")
    vision, language = settings.subscribers
    assert vision.address == "Vision@reader.example"
    assert vision.label == "Vision@reader.example"
    assert vision.line == 2
    assert vision.all_interests == (
        Interest(text="diffusion models"),
        Interest(text="speech synthesis", weight=2.0),
        Interest(text="medical imaging", weight=-1.0),
    )
    assert vision.time_zone == "Europe/Berlin"
    assert language.line == 7
    assert language.format is Format.FEED
    assert language.interests == (
        Interest(text="Ada Lovelace", field=Field.AUTHOR),
        Interest(text="survey", weight=0.5, field=Field.TITLE),
    )


def test_sections_whose_keys_are_all_commented_out_keep_their_defaults(config):
    settings = config("sources:\nmail:\n  smtp:\nsubscribers:\n")
    assert settings.mail.smtp.port == 25
    assert [s.name for s in settings.sources] == ["inbox"]


def test_an_empty_list_of_sources_means_none(config):
    assert config("sources: []").sources == ()


# ── mistakes ──────────────────────────────────────────────────────────────────────────────────


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(mistakes):
    told = mistakes("""\
sorces: []
sources:
  - {name: inbox, path: a}
  - {name: Inbox, path: b}
  - path: c
schedule:
  catch_up: 2h
  wait_until: 6h
defaults:
  at: 25:00
  time_zone: Europe/Berln
  limit: "many"
mail:
  from_adress: a@x.example
  smtp:
    port: 70000
subscribers:
  - address: ada@x.example
    keywords: [diffusion^x]
    every: daily
    on: 30
  - name: b
    format: mail
    interests: [diffusion]
""")
    assert [problem.partition(": ")[0] for problem in told] == [
        "sorces, line 1",
        "sources[1].name, line 4",
        "sources[2].name, line 5",
        "schedule.wait_until, line 8",
        "defaults.at, line 10",
        "defaults.time_zone, line 11",
        "defaults.limit, line 12",
        "mail.from_adress, line 14",
        "mail.smtp.port, line 16",
        "subscribers[0].keywords[0], line 19",
        "subscribers[0].every, line 20",
        "subscribers[0].on, line 21",
        "subscribers[1].format, line 23",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sorces: []", 'unknown key; did you mean "sources"?'),
        ("zzz: 1", "known here: database, sources, fetch, schedule"),
        ("database: 5", "found 5; allowed: a path"),
        ("database: ''", 'found ""; allowed: a path'),
        ("mail: nowhere", 'found "nowhere"; allowed: keys with values'),
        ("database: ~nobody-here/digest.db", "no such user"),
        ("sources: inbox", 'found "inbox"; allowed: a list'),
        ("sources: [inbox]", 'found "inbox"; allowed: keys with values'),
        ("sources: [{name: a}]", "a path or url is missing"),
        ("sources: [{name: a, path: b, url: 'https://x.example'}]", "keep one"),
        ("sources: [{name: a, url: 'ftp://x.example'}]", "begins with http:// or https://"),
        ("sources: [{name: a, url: 'https://u:secret@x.example'}]", "password in front of the host"),
        ("sources: [{name: a, url: 'ftp://u:secret@x.example'}]", "password in front of the host"),
        ("sources: [{name: a, url: 'https://u:secret@[x.example'}]", '"https://[x.example" is not a link'),
        ("sources: [{name: a, url: 'u:secret@x.example'}]", '"x.example" is not a link'),
        ("sources: [{name: a, url: 'https://x.example/{date}'}]", "only {day} may stand in braces"),
        ("sources: [{name: a, url: 'https://x.example/{day:%H}'}]", "{day:%Y/%m/%d}"),
        ("sources: [{name: a, url: 'https://{day}.example/'}]", "after the host only"),
        (
            "sources: [{name: a, url: 'https://x.example'}, {name: b, url: 'https://x.example'}]",
            "is the url of another entry",
        ),
        ("sources: [{name: a, url: 'https://x.example', every: 10s}]", "a duration from 1m to 31d"),
        ("sources: [{name: a, url: 'https://x.example', allow_hosts: [192.168.1.0/33]}]", "is no network"),
        ("sources: [{name: a, url: 'https://x.example', allow_hosts: [a b]}]", "is not a host name"),
        ("sources: [{name: a, path: b, allow_hosts: [nas]}]", "it goes with url"),
        ("fetch: {max_size: 0}", "a whole number from 1 to 500"),
        ("fetch: {contact: you}", "the @ is missing"),
        ("fetch: {contact: 'javascript://x'}", "begins with http:// or https://"),
        ("sources: [{name: a, path: b, settle: 10}]", "found 10; allowed: a duration from 0s to 24h"),
        ("schedule: {catch_up: 90d}", 'found "90d"; allowed: a duration from 1m to 31d'),
        ("schedule: {ping_url: monitor}", "begins with http"),
        ("defaults: {at: 7}", "found 7; allowed: a time of day such as 07:00"),
        ("defaults: {limit: many}", 'found "many"; allowed: a whole number from 1 to 100'),
        ("defaults: {limit: 0}", "found 0; allowed: a whole number from 1 to 100"),
        ("defaults: {limit: true}", "found true; allowed: a whole number from 1 to 100"),
        ("defaults: {limit: 1.5}", "found 1.5; allowed: a whole number from 1 to 100"),
        ("defaults: {every: weekly}", 'allowed: day, weekday, week, month; did you mean "week'),
        ("defaults: {format: 3}", "found 3; allowed: mail, feed, both"),
        ("defaults: {on: fri}", "not with every day"),
        ("defaults: {on: []}", "found a list; allowed: a day of the week"),
        ("ranking: {line: .nan}", 'found ".nan"; allowed: a number from 0 to 100'),
        ("ranking: {line: 101}", "found 101; allowed: a number from 0 to 100"),
        ("ranking: {popularity: 11}", "found 11; allowed: a number from 0 to 10"),
        ("links: {search_url: 'https://x.example/'}", "{query} once"),
        ("feeds: {enabled: maybe}", 'found "maybe"; allowed: true or false'),
        ("mail: {title: 2026}", "found 2026; allowed: text on one line (in quotes)"),
        ('mail: {title: "a\\r\\nBcc: b"}', "control or invisible"),
        ("mail: {base_url: 'http://x.example'}", "https://"),
        ("mail: {list_id: daily}", "list id"),
        ("mail: {rate: 10}", "found 10; allowed: a rate such as 10/s"),
        ("mail: {rate: 10/w}", '"10/w" is not a rate such as 10/s, 600/m, 2000/h or 50000/d'),
        ("mail: {rate: [10/s]}", "found a list; allowed: a rate such as"),
        ("mail: {domain_rates: 10/s}", 'found "10/s"; allowed: keys with values'),
        ("mail: {domain_rates: {x.example: fast}}", '"fast" is not a rate'),
        ("mail: {domain_rates: {a b: 10/s}}", "this is no domain"),
        ("mail: {domain_rates: {x.example: 10/s, X.example: 20/s}}", '"x.example" is the same domain'),
        ("mail: {sendmail: /usr/sbin/sendmail, maildir: box}", "sendmail and maildir are given"),
        ("mail: {maildir: box, smtp: {host: localhost}}", "smtp.host and maildir are given"),
        ("mail: {smtp: {connections: 51}}", "a whole number from 1 to 50"),
        ("mail: {smtp: {host: 'https://x.example'}}", "host name"),
        ("mail: {smtp: {prot: 25}}", 'did you mean "port"?'),
        ("mail: {smtp: {zzz: 25}}", "known here: host, security, port, username, password_file, verify"),
        ("subscribers: [{interests: [a]}]", "an address is missing, or a name"),
        ("subscribers: [{name: a, format: both}]", "needs an address"),
        ("subscribers: [{name: a@x.example}]", "looks like an address"),
        ("subscribers: [{name: a}, {name: A}]", "name of another entry"),
        ("subscribers: [{address: a@x.example}, {address: A@X.example}]", "address of another entry"),
        ("subscribers: [{name: a, line: 3}]", "unknown key"),
        ("subscribers: [{name: a, interests: 3}]", "found 3; allowed: a list"),
        ("subscribers: [{name: a, mute: ['x^2']}]", "takes no weight"),
        ("subscribers: [ ~ ]", "found nothing; allowed: keys with values"),
        ("- a\n- b", "found a list; allowed: keys with values"),
        ("just text", 'found "just text"; allowed: keys with values'),
        ("a: 1\na: 2", "given twice"),
    ],
)  # fmt: skip
def test_each_mistake_says_what_was_found_and_what_is_allowed(mistakes, text, told):
    assert any(told in problem for problem in mistakes(text)), mistakes(text)


@pytest.mark.parametrize(
    "text",
    [
        "defaults: {every: daily, on: fri}",
        "subscribers: [{address: nobody, interests: [x]}]",
        "subscribers: [{name: a, format: post, interests: [x]}]",
        "mail: {smtp: {host: localhost, username: me, password_file: 3}}",
        "mail: {smtp: {host: x.example, security: ssl}}",
        "schedule: {catch_up: 1, wait_until: 3d}",
        "sources: [{name: a, path: 3}]",
        "sources: [{name: a, settle: 3, path: b}]",
    ],
)
def test_one_mistake_is_told_once(mistakes, text):
    assert len(mistakes(text)) == 1


def test_several_wrong_interests_of_one_reader_are_all_told(mistakes):
    told = mistakes("subscribers: [{name: a, interests: [x^y, ok, 3], mute: [~]}, {name: A, interests: [x]}]")
    assert len(told) == 4


def test_broken_yaml_is_told_with_its_place(mistakes):
    (told,) = mistakes("mail:\n  title: a: b\n")
    assert "line 2" in told
    assert "in quotes" in told


def test_a_missing_file_names_the_command_that_writes_one(tmp_path):
    with pytest.raises(UsageError, match="digest init"):
        load(tmp_path / "config.yaml", {})


def test_what_cannot_be_read_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        load(tmp_path, {})


def test_bytes_that_are_no_text_are_placed(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes(b"database: a\nmail: \xff\n")
    with pytest.raises(ConfigError, match="line 2: the file is not UTF-8"):
        load(path, {})


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbfdatabase: a.db\r\n")
    assert load(path, {}).database == tmp_path / "a.db"


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "config.yaml"
    with path.open("wb") as file:
        file.truncate(5_000_000)
    with pytest.raises(ConfigError, match="larger than 4 MB"):
        load(path, {})


@given(text=st.text(alphabet="abdemnorsuil: {}[]-'\"\n123", max_size=80))
def test_any_text_is_loaded_or_refused_with_its_mistakes(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text)
    try:
        settings = load(path, {})
    except ConfigError as error:
        assert error.problems  # noqa: PT017 - most texts are refused
    else:
        assert settings.database.is_absolute()


# ── the environment ───────────────────────────────────────────────────────────────────────────


def test_the_environment_comes_before_the_file(config):
    settings = config(
        "mail: {title: file, smtp: {port: 25}}",
        DIGEST__MAIL__TITLE="2026",
        DIGEST__MAIL__SMTP__PORT="2525",
        DIGEST__FEEDS__ENABLED="no",
        DIGEST__DEFAULTS__AT="06:00",
        DIGEST__DEFAULTS__TZ="Asia/Tokyo",
        DIGEST__SCHEDULE__CATCH_UP="2d",
        DIGEST__RANKING__LINE="33.5",
        DIGEST_OTHER="ignored",
        DIGEST="ignored",
    )
    assert settings.mail.title == "2026"
    assert settings.mail.smtp.port == 2525
    assert settings.feeds.enabled is False
    assert settings.defaults.at == time(6)
    assert settings.defaults.time_zone == "Asia/Tokyo"
    assert settings.schedule.catch_up == timedelta(days=2)
    assert settings.ranking.line == 33.5


def test_a_right_variable_stands_in_for_a_wrong_value(config):
    assert config("defaults: {limit: many}", DIGEST__DEFAULTS__LIMIT="3").defaults.limit == 3


def test_a_table_in_the_environment_is_yaml(config, mistakes):
    mail = config("", DIGEST__MAIL__DOMAIN_RATES="{x.example: 10/s, '*': 1/s}").mail
    assert list(mail.domain_rates) == ["x.example", "*"]
    (told,) = mistakes("", DIGEST__MAIL__DOMAIN_RATES="{x.example: fast}")
    assert told.startswith("DIGEST__MAIL__DOMAIN_RATES (x.example): ")


def test_an_empty_variable_counts_as_not_set_and_null_takes_away(config):
    text = "mail: {smtp: {host: localhost}}"
    assert config(text, DIGEST__MAIL__SMTP__HOST="").mail.smtp.host == "localhost"
    assert config(text, DIGEST__MAIL__SMTP__HOST="null").mail.smtp.host is None


def test_lists_are_yaml_on_one_line(config, tmp_path):
    settings = config(
        "",
        DIGEST__SOURCES="[{name: a, path: b}]",
        DIGEST__SUBSCRIBERS="[{name: c, keywords: [x, 'y^2'], tz: Europe/Berlin}]",
    )
    assert settings.sources[0].path == tmp_path / "b"
    assert [i.text for i in settings.subscribers[0].interests] == ["x", "y"]
    assert settings.subscribers[0].line == 0


def test_variables_reach_into_the_entries_of_a_list(config, tmp_path):
    settings = config(
        "sources: [{name: a, path: b}]\nsubscribers:\n  - name: c\n",
        DIGEST__SOURCES__0__PATH="c",
        DIGEST__SOURCES__1="{name: d, path: e}",
        DIGEST__SUBSCRIBERS__0__KEYWORDS="[x]",
        DIGEST__SUBSCRIBERS__1__NAME="f",
        DIGEST__SUBSCRIBERS__1__INTERESTS="[y]",
    )
    assert [s.path for s in settings.sources] == [tmp_path / "c", tmp_path / "e"]
    assert [(s.name, s.line) for s in settings.subscribers] == [("c", 3), ("f", 0)]


def test_mistakes_in_the_environment_are_named_by_the_variable(mistakes):
    told = mistakes(
        "",
        DIGEST__MAIL__SMTP__PROT="3",
        DIGEST__FEEDS__DAYS="x",
        DIGEST__SUBSCRIBERS="[{name: a, limit: 0}]",
        DIGEST__SOURCES="[{",
        DIGEST__SUBSCRIBERS__7__NAME="b",
        DIGEST__="x",
    )
    assert "DIGEST__: unknown setting; known here: database" in told[0]
    assert any(t.startswith('DIGEST__MAIL__SMTP__PROT: unknown setting; did you mean "port"') for t in told)
    assert 'DIGEST__FEEDS__DAYS: found "x"; allowed: a whole number from 1 to 365' in told
    assert any(t.startswith("DIGEST__SUBSCRIBERS ([0].limit): found 0") for t in told)
    assert any(t.startswith("DIGEST__SOURCES: this cannot be read as YAML") for t in told)
    assert "DIGEST__SUBSCRIBERS__7__NAME: the file has no such entry to change" in told


# ── passwords ─────────────────────────────────────────────────────────────────────────────────


SERVER = "mail: {smtp: {host: mail.example.org, security: tls, username: digest%s}}"


def test_a_password_comes_from_the_environment_as_it_is(config):
    for word in ("s3cret", "null", "12345", "[a: b]", " blank "):
        secret = config(SERVER % "", DIGEST__MAIL__SMTP__PASSWORD=word).mail.smtp.password
        assert secret.get_secret_value() == word
        assert word not in repr(secret)


def test_a_password_comes_from_the_first_line_of_a_file_beside_the_configuration(config, tmp_path):
    (tmp_path / "secret").write_bytes(b"s3cret w\xc3\xb6rd\r\nsecond line\n")
    settings = config(SERVER % ", password_file: secret")
    assert settings.mail.smtp.password.get_secret_value() == "s3cret wörd"
    assert "s3cret" not in repr(settings)
    from_env = config(SERVER % ", password_file: secret", DIGEST__MAIL__SMTP__PASSWORD="other")
    assert from_env.mail.smtp.password.get_secret_value() == "other"


def test_commands_that_send_nothing_need_no_password(config):
    assert config(SERVER % "").mail.smtp.lacks_password
    assert not config(SERVER % "", DIGEST__MAIL__SMTP__PASSWORD="x").mail.smtp.lacks_password
    assert not config("").mail.smtp.lacks_password


def test_a_password_without_a_username_is_a_mistake(mistakes):
    (told,) = mistakes("", DIGEST__MAIL__SMTP__PASSWORD="hunter2")
    assert "the username is missing" in told
    assert "hunter2" not in told


def test_a_password_in_the_file_is_a_mistake_that_does_not_show_it(mistakes):
    for text in (SERVER % ", password: hunter2", "mail: {smtp: {password: [hunter2]}}"):
        (told,) = mistakes(text)
        assert "do not belong in this file" in told
        assert "DIGEST__MAIL__SMTP__PASSWORD" in told
        assert "hunter2" not in told


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        (b"", "is empty"),
        (b"\nx", "is empty"),
        (b"\xff", "not text"),
        (b"\0" * 99, "not text"),
    ],
)
def test_a_password_file_without_password_is_one_mistake(mistakes, tmp_path, content, why):
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    (told,) = mistakes(SERVER % ", password_file: secret")
    assert told.startswith("mail.smtp.password_file, line 1: ")
    assert why in told


def test_a_password_never_travels_readable_to_another_machine(mistakes, config):
    text = "mail: {smtp: {host: %s, username: digest}}"
    (told,) = mistakes(text % "mail.example.org", DIGEST__MAIL__SMTP__PASSWORD="x")
    assert told.startswith("mail.smtp.security")
    assert config(text % "localhost", DIGEST__MAIL__SMTP__PASSWORD="x").mail.smtp.host == "localhost"


def test_what_an_address_may_lead_to_is_read_in_every_form(config):
    (source,) = config("""
sources:
  - name: lab
    url: http://nas.home.lan/{day:%Y/%m}/papers.json?token=x
    every: 6h
    allow_hosts: [NAS.home.lan, 192.168.1.7, 10.0.0.0/8, 'fd00::/8', bücher.example]
""").sources
    assert source.allow_hosts == (
        "nas.home.lan",
        "192.168.1.7/32",
        "10.0.0.0/8",
        "fd00::/8",
        "xn--bcher-kva.example",
    )
    assert source.every == timedelta(hours=6)
    assert source.url == "http://nas.home.lan/{day:%Y/%m}/papers.json?token=x"


def test_addresses_that_differ_in_case_are_two(config):
    text = "sources: [{name: a, url: 'https://x.example/A'}, {name: b, url: 'https://x.example/a'}]"
    assert len(config(text).sources) == 2


@pytest.mark.parametrize(
    "url", ["ftp://u:secret@x.example", "https://u:secret@[x", "u:secret@x", "https://u:secret@x/"]
)
def test_a_password_in_an_address_is_not_shown(mistakes, url):
    assert "secret" not in "".join(mistakes(f"sources: [{{name: a, url: '{url}'}}]"))
