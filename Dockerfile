# One image for every part; docker-compose.yml says which command each part runs.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/vigilanza
COPY requirements.lock ./
RUN /opt/vigilanza/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src ./src
RUN /opt/vigilanza/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/vigilanza vigilanza \
    && install --directory --mode 700 --owner vigilanza --group vigilanza \
        /var/lib/vigilanza/media /var/lib/vigilanza/state /var/lib/vigilanza/tls /var/lib/vigilanza/demo \
        /var/lib/vigilanza/nats
COPY --from=build /opt/vigilanza /opt/vigilanza
COPY LICENSE NOTICE /usr/share/doc/vigilanza/
ENV PATH=/opt/vigilanza/bin:$PATH PYTHONUNBUFFERED=1
USER vigilanza
WORKDIR /var/lib/vigilanza
# The configuration can be read and everything it names is there; parts with a port add their own check.
HEALTHCHECK --interval=30s --timeout=20s --start-period=20s --retries=3 \
    CMD ["vigilanza", "check", "/etc/vigilanza/cameras.yaml"]
ENTRYPOINT ["vigilanza"]
CMD ["--help"]
