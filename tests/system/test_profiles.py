"""What `bot up --profile` starts, and what it refuses in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.processes import listen, processes_of
from bot.profiles import Profile, load_profile
from bot.running import only_one, running_pid
from bot.settings import Settings, SettingsError, load_settings
from tests.ports import free_port

SERVERS = {
    "BOT_DATABASE_URL": "postgresql://bot:secret@db/bot",
    "BOT_REDIS_URL": "redis://cache:6379/0",
}


def settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def test_without_a_profile_one_of_each_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch)
    assert [process.name for process in processes_of(found, load_profile(found, environment={}))] == [
        "assistant", "web", "worker",
    ]  # fmt: skip


def test_production_runs_two_of_each_and_everybody_knows_both_assistants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = settings(monkeypatch, BOT_ASSISTANT_URL="http://127.0.0.1:7001", **SERVERS)
    processes = processes_of(found, load_profile(found, "production", {}))
    assert [process.name for process in processes] == [
        "assistant-1", "assistant-2", "web-1", "web-2", "worker-1", "worker-2",
    ]  # fmt: skip
    own = [process.environment["BOT_ASSISTANT_URL"] for process in processes]
    assert own[:2] == ["http://127.0.0.1:7001", "http://127.0.0.1:7002"]
    assert set(own[2:]) == {"http://127.0.0.1:7001,http://127.0.0.1:7002"}


def test_a_machine_of_several_may_run_doors_only_and_ask_the_assistants_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = "http://10.0.0.1:5005,http://10.0.0.2:5005"
    found = settings(monkeypatch, BOT_ASSISTANT_URL=both, **SERVERS)
    counts = {"BOT_PROFILE": "production", "BOT_ASSISTANTS": "0", "BOT_WEBS": "3", "BOT_WORKERS": "0"}
    processes = processes_of(found, load_profile(found, environment=counts))
    assert [process.name for process in processes] == ["web-1", "web-2", "web-3"]
    assert {process.environment["BOT_ASSISTANT_URL"] for process in processes} == {both}


@pytest.mark.parametrize(
    ("given", "environment", "said"),
    [
        ({}, {"BOT_PROFILE": "huge"}, "no profile is called 'huge'"),
        ({}, {"BOT_PROFILE": "production"}, "BOT_DATABASE_URL=postgresql"),
        ({**SERVERS, "BOT_REDIS_URL": ""}, {"BOT_PROFILE": "production"}, "BOT_REDIS_URL"),
        (SERVERS, {"BOT_PROFILE": "production", "BOT_WEBS": "many"}, "BOT_WEBS is a number from 0 to 64"),
        (SERVERS, {"BOT_WEBS": "2"}, "BOT_WEBS needs BOT_PROFILE=production"),
        (
            {**SERVERS, "BOT_ASSISTANT_URL": "http://a:1,http://b:1"},
            {"BOT_PROFILE": "production", "BOT_ASSISTANTS": "3"},
            "fewer assistants",
        ),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], environment: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_profile(settings(monkeypatch, **given), environment=environment)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_all_doors_take_from_one_queue_and_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = {"BOT_PORT": str(free_port()), "BOT_ASSISTANT_URL": f"http://127.0.0.1:{free_port()}"}
    found = settings(monkeypatch, **ports, **SERVERS)
    processes = processes_of(found, Profile(name="production", assistants=1))
    listen(found, processes)
    (listener,) = {process.listener for process in processes if process.kind == "web"}
    assert listener is not None
    with pytest.raises(SettingsError, match=f"port {ports['BOT_PORT']} is in use"):
        listen(found, processes_of(found))
    listener.close()


def test_a_data_folder_has_one_bot_up_at_a_time_and_others_find_it(tmp_path: Path) -> None:
    assert running_pid(tmp_path) is None
    with only_one(tmp_path):
        assert running_pid(tmp_path) is not None
        with pytest.raises(SettingsError, match="runs already"), only_one(tmp_path):
            pass
    assert running_pid(tmp_path) is None
