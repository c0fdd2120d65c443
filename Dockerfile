# A small image that speaks with espeak-ng and Piper, and runs as an ordinary user. See docs/container.md.
ARG PYTHON=3.13
ARG EXTRAS=piper

FROM python:${PYTHON}-slim AS wheels
ARG EXTRAS
WORKDIR /source
COPY pyproject.toml README.md LICENSE THIRD_PARTY.md ./
COPY audiobook audiobook
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[${EXTRAS}]"

FROM python:${PYTHON}-slim
ARG EXTRAS
# The versions are those of the wheels.
# hadolint ignore=DL3013
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links=/wheels "audiobook-press[${EXTRAS}]" \
    && useradd --uid 10001 --create-home reader \
    && install --directory --owner=reader --group=reader /books /voices
ENV AUDIOBOOK_VOICES=/voices \
    PYTHONUTF8=1
USER 10001
WORKDIR /books
VOLUME ["/books", "/voices"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8000/', timeout=4)"]
ENTRYPOINT ["audiobook"]
CMD ["serve", "--watch", "--host", "0.0.0.0"]
