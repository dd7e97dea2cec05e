# SPDX-License-Identifier: GPL-2.0-or-later
# A load for examples/python-exceptions.stp.
class Shop:
    def __init__(self):
        self.stock = {}

    def sell(self, name):
        raise ValueError(name)


def find(shop, name):
    return shop.stock[name]


shop = Shop()
for n in range(30):
    try:
        find(shop, n)
    except KeyError:
        pass
for n in range(10):
    try:
        shop.sell(n)
    except ValueError:
        pass
