# One file, two images:
#   docker build --target worker --tag toeframe-worker .  paints photos from the command line
#   docker build --target bot --tag toeframe-bot .        talks to people, and paints by itself
# The installing steps are the Makefile's; a test compares them.
FROM python:3.11-slim-bookworm AS base
ENV PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --create-home --uid 10001 toeframe \
    && install --directory --owner 10001 /data
WORKDIR /app
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libegl1 libgles2 \
    && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml constraints.txt ./
RUN python -m pip install --constraint constraints.txt --editable ".[gpu]" \
    && python -m pip install --constraint constraints.txt --no-deps mediapipe

FROM base AS worker
COPY pipeline ./pipeline
USER 10001
# docker run --rm --volume "$PWD:/photos" toeframe-worker fix /photos/me.jpg --out /photos/out
ENTRYPOINT ["python", "-m", "pipeline"]
CMD ["doctor"]

FROM base AS bot
COPY pipeline ./pipeline
COPY storage ./storage
COPY bot ./bot
ENV TOEFRAME_DATA_DIR=/data
VOLUME /data
USER 10001
# docker run --env TOEFRAME_TELEGRAM_TOKEN --volume toeframe:/data toeframe-bot
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
