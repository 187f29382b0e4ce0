# PeakSeat in one static binary. Build: docker build -t peakseat .
FROM node:22-bookworm AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY docs/openapi.json /src/docs/
COPY web ./
RUN npm run generate && npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/web/dist web/dist
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /out/peakseat ./cmd/peakseat && mkdir /out/state

# No shell and no package manager; it brings certificates and time zones.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/peakseat /usr/local/bin/peakseat
# A fresh volume takes the directory's owner, so that the program, which is not root, may write its keys there.
COPY --from=build --chown=65532:65532 /out/state /var/lib/peakseat
USER 65532:65532
ENV PEAKSEAT_DATA_DIR=/var/lib/peakseat PEAKSEAT_ADDR=0.0.0.0:8080 PEAKSEAT_LOG_FORMAT=json
VOLUME /var/lib/peakseat
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["peakseat", "health", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["peakseat"]
CMD ["serve"]
