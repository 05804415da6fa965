# One image for web, engine, worker and migrate; they differ in their commands (compose.yaml).
#
# What changes seldom stands first: a change of code builds nothing of the stages above it again. Nothing of
# the builders is in the last stage, no compiler, no package manager's cache and no secret: those come as
# files when a container starts.

# --- The page ------------------------------------------------------------------------------------
FROM node:24-trixie-slim AS page
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN --mount=type=cache,target=/cache/npm npm ci --cache /cache/npm --prefer-offline --loglevel=error
COPY frontend ./
# Types are checked by `make lint`, long before there is an image.
RUN node_modules/.bin/vite build --logLevel warn

# --- What poetry.lock says, without the embedded run's PostgreSQL -----------------------------------
FROM python:3.13-slim-trixie AS lock
WORKDIR /lock
COPY poetry.lock pyproject.toml scripts/export-lock ./
# Without daphne: the image serves by uvicorn, and a quarter of all that is installed would be Twisted's.
RUN python export-lock --without daphne >requirements.txt

# --- The code, compiled, because nothing can be written where it runs -------------------------------
FROM python:3.13-slim-trixie AS code
WORKDIR /app
COPY manage.py ./
COPY containers containers
COPY ai ai
COPY realtime realtime
COPY taskengine taskengine
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash .
COPY --from=page /build/frontend/dist frontend/dist

# --- The image -----------------------------------------------------------------------------------
FROM python:3.13-slim-trixie
ENV PATH=/venv/bin:$PATH \
    DJANGO_SETTINGS_MODULE=taskengine.settings \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY --from=lock /lock/requirements.txt /venv/
# Wheels only: nothing is compiled, so no compiler has to be kept out of here. What is never read is left out: tests,
# type stubs, maps to sources of scripts, and translations, since the server speaks English (the page translates by
# itself, from codes). The cache is a mount, which is in no layer.
# hadolint ignore=DL3042
RUN --mount=type=cache,target=/cache/pip \
    python -m venv --without-pip /venv \
    && pip --disable-pip-version-check --python /venv/bin/python install --quiet --no-compile \
      --cache-dir /cache/pip --no-deps --require-hashes --only-binary :all: --requirement /venv/requirements.txt \
    && find /venv \( -name '*.pyi' -o -name '*.map' -o -name '*.po' -o -name '*.mo' ! -path '*/locale/en/*' \) -delete \
    && find /venv/lib -type d -name tests -prune -exec rm -r {} + \
    && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /venv/lib \
    && groupadd --gid 10001 taskengine \
    && useradd --no-log-init --uid 10001 --gid taskengine --no-create-home --home-dir /tmp taskengine \
    && test -s /etc/ssl/certs/ca-certificates.crt
COPY --from=code /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-IS", "containers/healthy.py", "8000"]
# The flags are explained in docs/operations.md; WEB_CONCURRENCY is how many processes share the port.
CMD ["uvicorn", "taskengine.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", \
     "--no-proxy-headers", "--no-server-header", "--timeout-graceful-shutdown", "5", \
     "--ws", "websockets-sansio", "--ws-max-size", "131072", "--ws-per-message-deflate", "false", \
     "--ws-ping-interval", "0"]
