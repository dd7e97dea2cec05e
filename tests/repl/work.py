# SPDX-License-Identifier: GPL-2.0-or-later
# Calls PyObject_Str some hundred times a second.
import time


class Named:
    def __str__(self):
        return "named"


print("ready", flush=True)
while True:
    for i in range(10):
        str(Named())
        repr([i])
    time.sleep(0.005)
