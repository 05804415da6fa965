"""What the embedded run tells Django: which values are its own, and which a person's may win."""

from collections.abc import Mapping

from taskengine.embedded.data_dir import DataDir


def own_database(environ: Mapping[str, str]) -> bool:
    """Whether the person brought a PostgreSQL of their own."""
    return bool(environ.get("DATABASE_URL") or environ.get("DATABASE_URL_FILE"))


def common(environ: Mapping[str, str], *, data_dir: DataDir, database_url: str | None) -> dict[str, str]:
    """Return the environment of anything that runs on the embedded database, or on a person's own.

    Args:
        environ: The environment so far; what it sets stays.
        data_dir: Where the secret key is kept.
        database_url: The embedded PostgreSQL's address, or None with a database of one's own.
    """
    result = {"DJANGO_SETTINGS_MODULE": "taskengine.settings", **environ}
    if not result.get("SECRET_KEY") and not result.get("SECRET_KEY_FILE"):
        result["SECRET_KEY"] = data_dir.secret("secret_key")
    if database_url is not None:
        # Another database's direct address beside ours would send the engine there.
        result |= {"DATABASE_URL": database_url, "DATABASE_DIRECT_URL": database_url, "EMBEDDED": "1"}
    return result


def serving(environ: Mapping[str, str], *, port: int, embedded: bool) -> dict[str, str]:
    """Return the environment of the embedded run's own server, on top of `common`.

    Debug mode is off whatever a developer's shell says. Guests are let in only where the database is
    the embedded one and the address this machine's; `DEMO=0` keeps them out there too. This one process
    makes breakdowns too, unless it is told not to.
    """
    result = {"PUBLIC_URL": f"http://127.0.0.1:{port}", **environ}
    result["DJANGO_DEBUG"] = "0"
    result.setdefault("WORKER_IN_SERVER", "1")  # with a Redis too: nobody has started a Celery here
    if embedded and "PUBLIC_URL" not in environ:
        result.setdefault("DEMO", "1")
    return result
