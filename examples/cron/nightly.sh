#!/bin/sh
# For crontab, which mails what is printed and nothing else:
#   17 2 * * *  /srv/shop/nightly.sh
# Says only what is new since the last night, and keeps metrics for a textfile collector.
set -u
cd "${SCHEMA_HOME:-/srv/shop}" || exit 78
url="${SCHEMA_URL_FILE:-/etc/schemactl/url}"
state="${SCHEMA_STATE:-/var/lib/schemactl}"
metrics="${SCHEMA_METRICS:-/var/lib/node_exporter}"
code=0
schemactl drift --url-file "$url" --changed-only "$state/drift.json" --report "prom=$metrics/schemactl_drift.prom" || code=$?
schemactl check --url-file "$url" --changed-only "$state/check.json" --report "prom=$metrics/schemactl_check.prom" \
  --fail-on high || code=$?
exit "$code"
