"""Servers that the tests share: a new person is cheap, a new process is not."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support.postgres import DatabaseServer, create_database, drop_database
from tests.support.servers import Kind, Server


@pytest.fixture(scope="session")
def shared_server(postgres: DatabaseServer, migrated_template: str) -> Iterator[Callable[..., Server]]:
    """Servers with an engine inside, each started when it is first asked for and never harmed.

    `shared_server("daphne", DOORBELL="off")`; whoever kills or restarts uses `start_server`.
    """
    with ExitStack() as stack:
        servers: dict[tuple[str, ...], Server] = {}

        def get(kind: Kind = "uvicorn", **env: str) -> Server:
            key = (kind, *(f"{name}-{value}" for name, value in sorted(env.items())))
            if key not in servers:
                database = create_database(postgres, prefix="taskengine_shared", template=migrated_template)
                stack.callback(drop_database, postgres, database)
                server = Server(
                    kind=kind, name="shared-" + "-".join(key), database_url=postgres.url(database), env=env
                )
                stack.callback(server.close)
                server.start()
                servers[key] = server
            return servers[key]

        yield get
