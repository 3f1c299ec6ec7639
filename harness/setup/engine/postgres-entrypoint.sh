#!/bin/bash
# The contract of the official image, as far as Faultline uses it: POSTGRES_USER, POSTGRES_PASSWORD or
# POSTGRES_HOST_AUTH_METHOD=trust, POSTGRES_INITDB_ARGS, PGDATA; arguments go to the server.
set -euo pipefail
[ "${1:0:1}" = - ] && set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"
: "${POSTGRES_USER:=postgres}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  method=scram-sha-256
  [ "${POSTGRES_HOST_AUTH_METHOD:-}" = trust ] && method=trust
  [ "$method" = trust ] || [ -n "${POSTGRES_PASSWORD:-}" ] || { echo 'POSTGRES_PASSWORD must be set' >&2; exit 1; }
  # A cluster that is half made never looks finished: it is moved to its place.
  unfinished=$(mktemp -d "$PGDATA.XXXXXX")
  read -ra extra <<<"${POSTGRES_INITDB_ARGS:-}"
  initdb -D "$unfinished" -U "$POSTGRES_USER" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-none}") \
    --auth-local=trust --auth-host="$method" --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 \
    --locale=C --no-sync ${extra[@]+"${extra[@]}"} >/dev/null
  printf 'host all all all %s\n' "$method" >>"$unfinished/pg_hba.conf"
  rmdir "$PGDATA" 2>/dev/null || true
  mv "$unfinished" "$PGDATA"
fi
# A lock of a server that was killed could name a process that is somebody else's by now.
rm -f "$PGDATA/postmaster.pid"
exec "$@" -D "$PGDATA" -c listen_addresses='*'
