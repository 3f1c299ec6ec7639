#!/bin/bash
# The contract of the official image, as far as Faultline uses it: POSTGRES_USER, POSTGRES_PASSWORD or
# POSTGRES_HOST_AUTH_METHOD=trust, POSTGRES_INITDB_ARGS, PGDATA; arguments go to the server. `initialise` makes the
# cluster and starts no server.
set -euo pipefail
[ "${1:0:1}" = - ] && set -- postgres "$@"
[ "$1" = postgres ] || [ "$1" = initialise ] || exec "$@"
: "${POSTGRES_USER:=postgres}"
method=scram-sha-256
[ "${POSTGRES_HOST_AUTH_METHOD:-}" = trust ] && method=trust
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  [ "$method" = trust ] || [ -n "${POSTGRES_PASSWORD:-}" ] || { echo 'POSTGRES_PASSWORD must be set' >&2; exit 1; }
  # A cluster that is half made never looks finished: it is moved to its place.
  unfinished=$(mktemp -d "$PGDATA.XXXXXX")
  template=/var/lib/postgresql/template
  if [ -d "$template" ] && [ "$POSTGRES_USER $method ${POSTGRES_INITDB_ARGS:-}" = "faultline trust " ]; then
    cp -a "$template/." "$unfinished"
  else
    read -ra extra <<<"${POSTGRES_INITDB_ARGS:-}"
    initdb -D "$unfinished" -U "$POSTGRES_USER" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-none}") \
      --auth-local=trust --auth-host="$method" --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 \
      --locale=C --no-sync ${extra[@]+"${extra[@]}"} >/dev/null
    printf 'host all all all %s\n' "$method" >>"$unfinished/pg_hba.conf"
  fi
  rmdir "$PGDATA" 2>/dev/null || true
  mv "$unfinished" "$PGDATA"
fi
[ "$1" = postgres ] || exit 0
# A lock of a server that was killed could name a process that is somebody else's by now.
rm -f "$PGDATA/postmaster.pid"
exec "$@" -D "$PGDATA" -c listen_addresses='*'
