"""What runs beside the servers: engines, workers, and the Redis between them."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from redis import Redis
from redis.exceptions import RedisError

from taskengine.accounts.models import Letter
from taskengine.doctor.findings import Finding, Level, advice, fault, well
from taskengine.engine.loop import HEARTBEAT_STALE_S
from taskengine.engine.models import Heartbeat
from taskengine.env import env
from taskengine.planning import broker
from taskengine.planning.lifecycle import PENDING, Status
from taskengine.planning.models import Breakdown
from taskengine.workers import celery_client

# A worker that lives takes what waits within seconds; beyond this none does.
LONGEST_WAIT: Final = timedelta(minutes=1)
# A mail server that is started anew has taken what waits by then.
LONGEST_WAIT_OF_MAIL: Final = timedelta(minutes=10)
RECENTLY: Final = timedelta(hours=1)
MANY_FAILED: Final = 5
_TIMEOUT_S: Final = 2.0
_PING_S: Final = 1.5  # how long workers are given to say that they are there
_START_ENGINE: Final = (
    "Start one (./manage.py runengine), or set ENGINE_IN_SERVER=1 on a server; look into its log."
)
_LOOK_AT_MAIL: Final = (
    "Look for 'A mail could not be sent' in the log of whoever sends it (Celery's workers, or else the servers) and at"
    " EMAIL_URL; one that nobody has tried waits for a worker. After a day a letter is given up."
)
_START_WORKER: Final = "Start one: celery -A taskengine.celery worker; look into its log."


def replicas(*, now: datetime) -> int:
    """Return how many engines live."""
    return Heartbeat.objects.filter(beat_at__gt=now - timedelta(seconds=HEARTBEAT_STALE_S)).count()


def workers() -> int:
    """Return how many of Celery's workers live."""
    try:
        return len(broker.look().workers)
    except RedisError:
        return 0


def engine(*, now: datetime) -> Finding:
    """Whether somebody fires deadlines.

    Args:
        now: By the database's clock, as heartbeats are.
    """
    last: datetime | None = Heartbeat.objects.aggregate(last=Max("beat_at"))["last"]
    if last is not None and (age_s := (now - last).total_seconds()) < HEARTBEAT_STALE_S:
        return well(
            "engine", f"{replicas(now=now)} run; the last sign of life is {max(0.0, age_s):.1f} s old."
        )
    says = "None has ever run here, or all were stopped." if last is None else _ago(last, now)
    if env.bool("EMBEDDED", default=False):  # this command has the folder, so no server has it
        return advice("engine", says, "It runs with `make run`.")
    return fault("engine", f"{says} Nobody is told what is missed.", _START_ENGINE)


def _ago(last: datetime, now: datetime) -> str:
    return f"The last sign of life is {(now - last).total_seconds():.0f} s old."


def worker(*, now: datetime, broker_answers: bool) -> Finding:
    """Whether somebody makes breakdowns: Celery's workers are asked, a server's are judged by what waits."""
    oldest: datetime | None = Breakdown.objects.filter(
        status__in=[status.value for status in PENDING], lease_until__lte=now
    ).aggregate(oldest=Min("updated_at"))["oldest"]
    if oldest is not None and now - oldest > LONGEST_WAIT:
        waits = f"A breakdown has waited for {(now - oldest).total_seconds():.0f} s."
        return fault(
            "worker", waits, "Set WORKER_IN_SERVER=1." if settings.WORKER_IN_SERVER else _START_WORKER
        )
    if settings.WORKER_IN_SERVER:
        return well("worker", "Servers make breakdowns themselves; nothing waits too long.")
    if not broker_answers:
        return advice("worker", "Celery's workers can't be asked without Redis.", "Mend Redis first.")
    return of_celery()


def of_celery() -> Finding:
    """Whether some of Celery's workers answer, and how much waits for them. Asks Redis alone."""
    if not (names := _workers()):
        return fault("worker", "None of Celery's workers answers: breakdowns stay queued.", _START_WORKER)
    return well("worker", f"{len(names)} of Celery's answer: {', '.join(sorted(names)[:3])}. {_queues()}")


def _queues() -> str:
    """Return how much waits for them."""
    try:
        seen = broker.look()
    except RedisError as error:
        return f"Their queue can't be read ({type(error).__name__})."
    waiting = ", ".join(f"{count} in {queue!r}" for queue, count in seen.waiting.items())
    return f"Of messages wait {waiting}; {seen.unacknowledged} were handed out and are not done."


def jobs(*, now: datetime) -> Finding:
    """What became of the breakdowns of the last hour, whoever makes them."""
    status = dict(
        Breakdown.objects.filter(status__in=[one.value for one in PENDING])
        .order_by()
        .values_list("status")
        .annotate(Count("id"))
    )
    lately = Breakdown.objects.filter(updated_at__gt=now - RECENTLY).exclude(status__in=PENDING)
    codes = Counter(lately.filter(error__isnull=False).values_list("error__code", flat=True))
    failed, whole = codes.total(), lately.filter(error__isnull=True, attempt__gt=0).count()
    says = (
        f"{status.get(Status.QUEUED, 0)} queued, {status.get(Status.GENERATING, 0)} being made; in the last hour"
        f" {whole} went well and {failed} failed"
    )
    says += f" ({', '.join(f'{code} {count}' for code, count in codes.most_common(3))})." if codes else "."
    if failed >= MANY_FAILED and failed > whole:
        return advice("jobs", says, "docs/ai.md says what each code means; look into the workers' log.")
    return well("jobs", says)


def mail(*, now: datetime) -> Finding:
    """Whether mail goes out: what waits for the mail server, and how long already."""
    seen = Letter.objects.aggregate(
        waiting=Count("id"), tried=Count("id", Q(tries__gt=0)), oldest=Min("created_at")
    )
    if not seen["waiting"]:
        return well("mail", "No letter waits.")
    waited = max(now - seen["oldest"], timedelta())
    says = (
        f"{seen['waiting']} wait, {seen['tried']} of them were tried; the oldest for"
        f" {waited // timedelta(minutes=1)} minutes."
    )
    if waited < LONGEST_WAIT_OF_MAIL:
        return well("mail", says)
    return advice("mail", says, _LOOK_AT_MAIL)


def _workers() -> list[str]:
    app = celery_client()
    try:
        return [name for answer in app.control.ping(timeout=_PING_S) for name in answer]
    finally:
        app.close()


def redis() -> Iterator[Finding]:
    """Whether Redis answers, takes writes, and throws nothing away."""
    if not settings.REDIS_URL:
        yield well("redis", "None is wanted: one server process does without.")
        if env.int("WEB_CONCURRENCY", default=1) > 1:
            yield advice(
                "redis",
                "Several server processes share no doorbell: events of another one are up to 1.5 s late.",
                "Set REDIS_URL.",
            )
        return
    with Redis.from_url(
        settings.REDIS_URL, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
    ) as client:
        try:
            about: dict[str, Any] = client.info()
        except (RedisError, OSError) as error:
            yield fault(
                "redis",
                f"It does not answer ({type(error).__name__}): events come by repair, up to 2.5 s late, and each"
                " process counts rate limits by itself.",
                "Start it, or set REDIS_URL to where it is.",
            )
            return
    yield well("redis", f"Redis {about['redis_version']} answers.")
    yield from _keeping(about)


def _keeping(about: dict[str, Any]) -> Iterator[Finding]:
    policy = str(about.get("maxmemory_policy", "noeviction"))
    if policy.startswith("allkeys"):
        yield fault(
            "redis",
            f"maxmemory-policy is {policy}: it may throw away the workers' queue and the counts of log-ins.",
            "Set maxmemory-policy to noeviction, or to volatile-ttl where others share it.",
        )
    if about.get("rdb_last_bgsave_status") == "err" or about.get("aof_last_write_status") == "err":
        yield fault(
            "redis",
            "It can't write to its disk, and so refuses all that is written to it.",
            "Give it room or rights there; or none to write to: nothing in it must not be lost (save '').",
        )
    elif int(about.get("aof_enabled", 0)):
        yield advice(
            "redis",
            "It keeps an append-only file, for which every doorbell waits.",
            "Set appendonly no: nothing in it must not be lost.",
        )
    used, most = int(about.get("used_memory", 0)), int(about.get("maxmemory", 0))
    if most and used > most * 0.9:
        yield fault("redis", f"It uses {used} of {most} bytes.", "Raise maxmemory.")


def answered(findings: list[Finding]) -> bool:
    """Whether Redis is there, by what was found: only of one that answers it is said that all is well."""
    return bool(settings.REDIS_URL) and any(finding.level is Level.OK for finding in findings)
