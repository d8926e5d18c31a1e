#!/bin/sh
# For crontab, which mails what is printed and nothing else:
#   17 2 * * *  /srv/shop/nightly.sh
# Says only what is new since the last night, and keeps metrics for a textfile collector.
set -u
cd "${SCHEMA_HOME:-/srv/shop}" || exit 78
schemactl check \
  --url-file "${SCHEMA_URL_FILE:-/etc/schemactl/url}" \
  --changed-only "${SCHEMA_STATE:-/var/lib/schemactl}/check.json" \
  --report "prom=${SCHEMA_METRICS:-/var/lib/node_exporter}/schemactl.prom" \
  --fail-on high
