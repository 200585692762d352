# One file, two images:
#   docker build --target bot --tag toeframe-bot .        talks to people; no torch
#   docker build --target worker --tag toeframe-worker .  paints
# The installing steps are the Makefile's; a test compares them.
FROM python:3.11-slim-bookworm AS base
ENV PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --create-home --uid 10001 toeframe
WORKDIR /app
COPY pyproject.toml constraints.txt ./

FROM base AS bot
RUN python -m pip install --constraint constraints.txt --editable "."
COPY pipeline ./pipeline
USER 10001
# The bot itself is not written yet: until then this image says what it can do.
CMD ["python", "-m", "pipeline", "doctor"]

FROM base AS worker
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libegl1 libgles2 \
    && rm -rf /var/lib/apt/lists/*
RUN python -m pip install --constraint constraints.txt --editable ".[gpu]" \
    && python -m pip install --constraint constraints.txt --no-deps mediapipe
COPY pipeline ./pipeline
USER 10001
# docker run --rm --volume "$PWD:/photos" toeframe-worker fix /photos/me.jpg --out /photos/out
ENTRYPOINT ["python", "-m", "pipeline"]
CMD ["doctor"]
