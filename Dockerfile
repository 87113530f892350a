# The image that `make image` writes without a daemon, for those who have one:
#
#   docker buildx build --platform linux/amd64,linux/arm64 .
#
# A release has its programs already and copies them: BINARIES=prebuilt, with
# linux/amd64/kubectl-llmbench and linux/arm64/kubectl-llmbench in the context.
ARG BINARIES=build

FROM --platform=$BUILDPLATFORM docker.io/library/golang:1.26 AS build
ARG TARGETOS TARGETARCH VERSION=dev COMMIT=unknown
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X main.version=$VERSION -X main.commit=$COMMIT" -o /kubectl-llmbench ./cmd/kubectl-llmbench

FROM scratch AS prebuilt
ARG TARGETPLATFORM
COPY $TARGETPLATFORM/kubectl-llmbench /kubectl-llmbench

FROM ${BINARIES} AS program

# It holds the authorities and a /tmp that any user may write to; OpenShift
# starts the image as a user that it chooses.
FROM gcr.io/distroless/static-debian12
COPY --from=program /kubectl-llmbench /kubectl-llmbench
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["/kubectl-llmbench"]
