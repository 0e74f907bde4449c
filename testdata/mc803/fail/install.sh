#!/bin/sh
version="${ISTIO_VERSION:-1.26.0}"
curl -sL https://istio.io/downloadIstioctl | ISTIO_VERSION="$version" sh -
