# SPDX-License-Identifier: GPL-2.0-or-later
# Tapset files: add each to nobase_dist_pkgdata_DATA, as tapsets/context.stp.

nobase_dist_pkgdata_DATA += tapsets/target.stp
nobase_dist_pkgdata_DATA += tapsets/linux/syscalls.stp
