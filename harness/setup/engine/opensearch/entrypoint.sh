#!/bin/bash
# The contract of the official image, as far as Faultline uses it: variables in lower case with dots are settings of the
# node, OPENSEARCH_JAVA_OPTS are options of its virtual machine, and it listens on 9200 of all interfaces.
set -euo pipefail
home=/usr/share/opensearch
settings=(cluster.name=opensearch node.name=search "path.home=$home" network.host=0.0.0.0 http.port=9200 transport.port=0
  transport.type=netty4 http.type=netty4)
while IFS= read -r -d '' variable; do
  [[ $variable =~ ^[a-z_]+(\.[a-z_]+)+= ]] && settings+=("$variable")
done </proc/self/environ
read -ra options <<<"-XX:+UseSerialGC ${OPENSEARCH_JAVA_OPTS:-}"
# Only for the same jars in the same order are the archived classes of use.
classes=$(printf '%s:' "$home"/lib/*.jar)
[ ! -s "$home/classes.jsa" ] || options+=("-XX:SharedArchiveFile=$home/classes.jsa")
exec "$home/jdk/bin/java" "${options[@]}" -Dlog4j2.disable.jmx=true \
  "-Dlog4j2.configurationFile=$home/log4j2.properties" -cp "${classes%:}" SearchNode "${settings[@]}"
