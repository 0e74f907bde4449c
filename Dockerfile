# Two images of one build:
#   docker build -t meshcheck .                          the binary, without a shell; audits files
#   docker build -t meshcheck:shell --target shell .     for jobs that need a shell, and for clusters
#   docker run --rm -v "$PWD:/src:ro" meshcheck audit deploy/
FROM debian:12 AS build
WORKDIR /meshcheck
COPY scripts/install-deps scripts/install-deps
RUN scripts/install-deps && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cmake --preset release -DBUILD_TESTING=OFF \
 && cmake --build --preset release --target meshcheck \
 && cmake --install build/release --prefix /out --strip

# GitLab runs a job's script with a shell of the image and passes it to the entrypoint: so this one
# has a shell and no entrypoint.
FROM debian:12-slim AS shell
# libcurl4 is opened when a cluster is read, and for nothing else.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git libcurl4 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/ /usr/local/
WORKDIR /src
USER 65532:65532
CMD ["meshcheck", "--help"]

FROM gcr.io/distroless/base-debian12:nonroot
COPY --from=build /out/bin/meshcheck /usr/local/bin/meshcheck
COPY --from=build /out/share/doc/meshcheck/LICENSE /out/share/doc/meshcheck/NOTICE /usr/local/share/doc/meshcheck/
WORKDIR /src
ENTRYPOINT ["/usr/local/bin/meshcheck"]
CMD ["--help"]
