# Two values: which one holds is not written.
ISTIO_VERSION=1.27.0
if [ "$NEXT" ]; then ISTIO_VERSION=1.28.0; fi
curl -L https://istio.io/downloadIstio | sh -
