#!/usr/bin/env bash
# Gate: sslscan and testssl.sh against an https listener of the packaged jar: no finding of MEDIUM or worse.
# usage: scripts/gates/tls.sh    (after mvn verify or mvn package; ports 21020 to 21022; needs openssl, sslscan, testssl)
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT"
# shellcheck source=scripts/java25.sh
source scripts/java25.sh
JAVA="$(find_java25)/bin/java"
JAR=$ROOT/target/expressgateway.jar
ENDPOINT=21020 GATEWAY=21021 MANAGEMENT=21022
START_SECONDS=60
TESTSSL=$(command -v testssl || command -v testssl.sh || true)

WORK=$(mktemp -d)
PIDS=()
clean_up() {
  local pid
  trap - EXIT INT TERM
  for pid in ${PIDS[@]+"${PIDS[@]}"}; do kill -9 "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "tls: FAILED: $*"
  tail -n 20 "$WORK"/*.out "$WORK"/*.err 2>/dev/null || true
  exit 1
}
[[ -f $JAR ]] || fail "no $JAR"
[[ -n $TESTSSL ]] || fail "testssl is not installed"
command -v sslscan >/dev/null || fail "sslscan is not installed"

# A CA and what it signs: ECDSA on P-256, 90 days, the name and the address that the tools connect to, and a responder
# that nobody asks.
certificates() {
  cd "$WORK"
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key
  openssl req -x509 -new -key ca.key -sha256 -days 90 -subj "/CN=ExpressGateway test CA" -out ca.crt \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign"
  openssl ecparam -name prime256v1 -genkey -noout -out site.key
  openssl req -new -key site.key -subj "/CN=localhost" -out site.csr
  cat >site.ext <<'EXT'
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = OCSP;URI:http://127.0.0.1:9/
EXT
  openssl x509 -req -in site.csr -CA ca.crt -CAkey ca.key -CAcreateserial -sha256 -days 90 -extfile site.ext -out site.own
  cat site.own ca.crt >site.crt
  printf 'V\t350101000000Z\t\t%s\tunknown\t/CN=localhost\n' "$(openssl x509 -in site.own -noout -serial | cut -d= -f2)" >index.txt
  openssl ocsp -issuer ca.crt -cert site.own -no_nonce -reqout request.der
  openssl ocsp -index index.txt -CA ca.crt -rsigner ca.crt -rkey ca.key -reqin request.der -ndays 1 -respout site.ocsp
  cd "$ROOT"
}
certificates >"$WORK/openssl.out" 2>&1 || fail "openssl could not make certificates"

mkdir "$WORK/pages"
echo 'through the gateway' >"$WORK/pages/index.html"
python3 -m http.server "$ENDPOINT" --bind 127.0.0.1 --directory "$WORK/pages" >"$WORK/endpoint.out" 2>&1 &
PIDS+=("$!")
cat >"$WORK/gateway.yaml" <<CONF
expressgateway:
  listeners:
    - name: web
      bind: "127.0.0.1:$GATEWAY"
      protocol: https
      tls:
        certificates:
          - { certificate: "$WORK/site.crt", private-key: "$WORK/site.key", ocsp-response: "$WORK/site.ocsp" }
  clusters:
    - { name: pages, endpoints: [ { address: "127.0.0.1:$ENDPOINT" } ] }
  drain: { settle: 0s, timeout: 5s }
management.server.port: $MANAGEMENT
spring.cloud.gateway.server.webflux.routes:
  - { id: pages, uri: "lb://pages", predicates: [ "Path=/**" ], filters: [ SecureHeaders ] }
CONF
"$JAVA" -jar "$JAR" "$WORK/gateway.yaml" >"$WORK/gateway.out" 2>"$WORK/gateway.err" &
PID=$!
PIDS+=("$PID")
status=
for ((i = 0; i < START_SECONDS * 10; i++)); do
  kill -0 "$PID" 2>/dev/null || fail "the gateway ended before it was ready"
  status=$(curl -s -o /dev/null -m 5 -w '%{http_code}' "http://127.0.0.1:$MANAGEMENT/readyz" || true)
  [[ $status == 200 ]] && break
  sleep 0.1
done
[[ $status == 200 ]] || fail "the gateway was not ready within $START_SECONDS s"
served=$(curl -s -m 5 --cacert "$WORK/ca.crt" "https://localhost:$GATEWAY/" || true)
[[ $served == 'through the gateway' ]] || fail "curl got: $served"

began=$SECONDS
sslscan --no-colour --xml="$WORK/sslscan.xml" "localhost:$GATEWAY" >"$WORK/sslscan.out" 2>&1 || fail "sslscan failed"
python3 scripts/gates/tls_findings.py sslscan "$WORK/sslscan.xml" || fail "sslscan has findings"
echo "tls: sslscan took $((SECONDS - began)) s"

# Protocols, standard ciphers, forward secrecy, the server's choices and certificate, headers of HTTP, vulnerabilities.
# Nothing is asked beyond loopback: no DNS, no CRL or OCSP responder (those need --phone-out).
began=$SECONDS
"$TESTSSL" --quiet --color 0 --warnings batch --nodns none --ip 127.0.0.1 --add-ca "$WORK/ca.crt" \
  -p -s -f -P -S -h -U --jsonfile "$WORK/testssl.json" "localhost:$GATEWAY" >"$WORK/testssl.out" 2>"$WORK/testssl.err" </dev/null \
  || echo "tls: testssl ended with $? (the number of its findings or a warning; judged below)"
python3 scripts/gates/tls_findings.py testssl "$WORK/testssl.json" || fail "testssl has findings"
echo "tls: testssl took $((SECONDS - began)) s"
kill -0 "$PID" 2>/dev/null || fail "the gateway did not survive"
curl -s -m 5 "http://127.0.0.1:$MANAGEMENT/actuator/prometheus" | grep '^expressgateway_contained_exceptions_total' \
  && fail "exceptions were contained"
echo "tls: passed"
