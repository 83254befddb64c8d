FROM oven/bun:1.4.5-slim AS bundle
WORKDIR /app
COPY package.json bun.lock ./
# typescript and bun-types are optional peers of elysia. Only development needs them.
RUN bun install --frozen-lockfile --production --omit=peer --ignore-scripts
COPY src src
# Not minified: Elysia reads the source of request handlers. Split: what few need, such as the mail client, is loaded when
# it is needed.
RUN bun build --target=bun --splitting --outdir=service src/main.ts

# The smaller image, without a shell: docker build --target distroless
FROM oven/bun:1.4.5-distroless AS distroless
LABEL org.opencontainers.image.title="mock-otp-service" \
  org.opencontainers.image.description="A one-time-password service to run beside an application: in development, in CI, on Minikube." \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="MIT"
WORKDIR /app/service
COPY --from=bundle /app/service ./
# The page is served from its sources, at the same path relative to the bundle as to the code that serves it.
COPY src/page /app/page
ENV BUN_JSC_forceRAMSize=536870912
USER 65532:65532
EXPOSE 8080
# Less often than below, because each check starts a whole Bun.
HEALTHCHECK --interval=1500ms --timeout=3s --start-period=5s \
  CMD ["bun", "-e", "const { HOST, PORT } = process.env; const host = HOST?.includes(':') ? `[${HOST}]` : HOST || '127.0.0.1'; process.exit((await fetch(`http://${host}:${PORT || 8080}/livez`)).ok ? 0 : 1)"]
CMD ["main.js"]

FROM oven/bun:1.4.5-slim
LABEL org.opencontainers.image.title="mock-otp-service" \
  org.opencontainers.image.description="A one-time-password service to run beside an application: in development, in CI, on Minikube." \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="MIT"
WORKDIR /app/service
COPY --from=bundle /app/service ./
COPY src/page /app/page
# The garbage collector sees the machine's memory, not the container's. Above a quarter of this value it collects
# sooner, which keeps two million records under 1 GiB.
ENV BUN_JSC_forceRAMSize=536870912
# Numeric, because Kubernetes cannot tell whether a named user is root.
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=1s --timeout=3s --start-period=5s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/${HOST:-127.0.0.1}/${PORT:-8080} && printf 'GET /livez HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && test $status = 200"]
CMD ["bun", "main.js"]
