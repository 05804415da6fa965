"""What a scaled deployment has: a web server that fires nothing, engines of their own, Redis between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tests.support.postgres import DatabaseServer, create_database, drop_database
from tests.support.redis import PrivateRedis
from tests.support.servers import Engine, Server

FIRING: Final = "The engine fires deadlines."


@dataclass(frozen=True)
class Fleet:
    """The processes, all on one database."""

    server: Server
    engines: tuple[Engine, ...]
    redis: PrivateRedis
    url: str


@contextmanager
def running_fleet(
    postgres: DatabaseServer, template: str, *, name: str, replicas: int = 2
) -> Iterator[Fleet]:
    """Run one on a database of its own.

    Args:
        postgres: Where its database is made.
        template: What it is copied from.
        name: Of its logs.
        replicas: How many engines.
    """
    database = create_database(postgres, prefix="taskengine_fleet", template=template)
    url = postgres.url(database)
    redis = PrivateRedis(name=f"{name}-redis")
    env = {"REDIS_URL": redis.url, "ENGINE_IN_SERVER": "0"}
    engines = tuple(
        Engine(name=f"{name}-engine-{number}", database_url=url, env=env) for number in range(replicas)
    )
    server = Server(kind="uvicorn", name=f"{name}-server", database_url=url, env=env)
    try:
        redis.start()
        for engine in engines:
            engine.start()
        server.start()
        for engine in engines:
            engine.wait_for_log(FIRING)
        yield Fleet(server=server, engines=engines, redis=redis, url=url)
    finally:
        for process in (server, *engines, redis):
            process.close()
        drop_database(postgres, database)
