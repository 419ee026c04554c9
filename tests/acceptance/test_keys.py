"""`digest keys`: the versions of the key that signs links, and a new one."""

import json


def test_before_the_first_run_there_are_no_keys(workspace):
    assert "no keys yet" in workspace("keys").stdout
    assert workspace.json("keys") == []
    assert not workspace.database.exists()


def test_versions_are_listed_with_their_dates_and_never_shown(workspace, at):
    workspace("run", now=at(0))
    workspace("keys", "rotate", now=at(3))
    assert workspace.json("keys") == [
        {"version": 1, "created_at": "2026-11-16T08:00:00Z", "signs": False},
        {"version": 2, "created_at": "2026-11-19T08:00:00Z", "signs": True},
    ]
    shown = workspace("keys").stdout
    assert [line.split()[0] for line in shown.splitlines()] == ["key", "1", "2"]
    assert "2026-11-19 08:00 UTC" in shown


def test_rotating_says_what_signs_now(workspace, at):
    done = json.loads(workspace("keys", "rotate", "--json", now=at(0)).stdout)
    assert [(key["version"], key["signs"]) for key in done] == [(1, False), (2, True)]
