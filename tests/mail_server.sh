#!/bin/sh
# Installs the mail server that we did not write, for tests, where it is missing: aiosmtpd (PyPI, in an environment of its
# own). Prints the path of python; everything else goes to standard error.
set -eu
printf '%s/python\n' "$(sh "$(dirname -- "$0")/python.sh" mail-server aiosmtpd==1.4.6)"
