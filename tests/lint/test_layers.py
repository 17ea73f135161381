#!/usr/bin/env python3
"""The layer check finds what it is there to find."""

import unittest

import check_layers


def problems(**sources):
    """Runs the check over files given as folder__name=text."""
    files = {name.replace('__', '/') + '.c': text for name, text in sources.items()}
    files.update({'src/base/ent-id.h': '', 'src/room/ent-room.h': '', 'src/document/ent-doc.h': '',
                  'coordinator/http/coord-router.h': '', 'coordinator/store/coord-db.h': ''})
    return check_layers.check(sorted(files), lambda path: files[path])


class Layers(unittest.TestCase):
    def test_arrow_down_is_fine(self):
        self.assertEqual(problems(src__app__a='#include "room/ent-room.h"\n#include "base/ent-id.h"\n'), [])

    def test_arrow_up_is_found(self):
        self.assertEqual(len(problems(src__base__a='#include "room/ent-room.h"\n')), 1)
        self.assertEqual(len(problems(coordinator__service__a='#include "http/coord-router.h"\n')), 1)

    def test_arrows_go_on(self):
        self.assertEqual(problems(coordinator__net__a='#include "store/coord-db.h"\n'), [])

    def test_relative_include_does_not_hide_an_arrow(self):
        self.assertEqual(len(problems(src__base__a='#include "../room/ent-room.h"\n')), 1)

    def test_toolkit_outside_the_app_is_found(self):
        self.assertEqual(len(problems(src__room__a='#include <gtk/gtk.h>\n')), 1)
        self.assertEqual(problems(src__app__a='#include <gtk/gtk.h>\n'), [])

    def test_sandbox_knows_no_server(self):
        self.assertEqual(len(problems(sandbox__a='#include "store/coord-db.h"\n')), 1)

    def test_missing_header_is_found(self):
        self.assertEqual(len(problems(src__app__a='#include "room/ent-gone.h"\n')), 1)


if __name__ == '__main__':
    unittest.main()
