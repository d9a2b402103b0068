# ticketbot in a container: slim, not root, dependencies locked by hash, bytecode compiled at build.
# Everything that lasts lives in /data: ticketbot.toml, desk.toml, secrets, the SQLite file and the key.
#   docker build --tag ticketbot .
#   docker run --volume ticketbot:/data ticketbot doctor
# The newest Python that the tests have run on.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /build
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements-build.lock \
 && python -m venv --without-pip /opt/ticketbot \
 && /opt/build/bin/pip --python /opt/ticketbot/bin/python install --no-cache-dir --no-compile --no-deps \
      --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY templates templates
COPY migrations migrations
RUN /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/build/bin/pip --python /opt/ticketbot/bin/python install --no-cache-dir --no-compile --no-deps dist/*.whl \
 && /opt/ticketbot/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/ticketbot/lib

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="ticketbot" \
      org.opencontainers.image.description="An email-driven support desk for hypercare" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 ticketbot \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin ticketbot \
 && install --directory --owner=ticketbot --group=ticketbot --mode=0700 /data
COPY --from=build /opt/ticketbot /opt/ticketbot
ENV PATH=/opt/ticketbot/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["ticketbot", "healthcheck"]
ENTRYPOINT ["ticketbot"]
CMD ["run"]
