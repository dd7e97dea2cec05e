# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += tests/examples/run tests/examples/nginx tests/examples/redis tests/examples/raise.py
EXTRA_DIST += tests/examples/tls tests/examples/web tests/examples/web.go
