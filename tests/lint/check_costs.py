#!/usr/bin/env python3
"""Checks that every public function of the document library says what it costs.

A function says it in a comment of the paragraph of declarations that it stands in, above it or behind a line: "O(...)", or that it
costs as much as another one does."""

import re
import sys

from tracked import read, report, tracked_files

PRIVATE = ('-private.h', '-wire.h', '-index.h', '-runs.h', '-vec.h')
COST = re.compile(r'O\([^)]+\)|\b[Cc]osts?\b')
DECLARATION = re.compile(r'^[A-Za-z_][^;{}#]*?\b((?:ent|_ent)_[a-z0-9_]+) \([^;{}]*\);', re.M | re.S)


def without_types(text):
    """The text with preprocessor lines and the bodies of structs, unions and enums left blank; lines stay where they are."""
    blank = lambda match: re.sub(r'[^\n]', ' ', match.group(0))
    text = re.sub(r'^#.*$', blank, text, flags=re.M)
    text = re.sub(r'^typedef (?:struct|enum|union)[^;{]*\{.*?^\}[^;]*;', blank, text, flags=re.M | re.S)
    return re.sub(r'^(typedef|G_DEFINE|G_BEGIN|G_END)[^;\n]*;?$', blank, text, flags=re.M)


def paragraphs(text):
    """Parts between empty lines, a comment with what stands right under it."""
    return re.split(r'\n[ \t]*\n', text)


def problems_of(path, text):
    problems = []
    for part in paragraphs(without_types(text)):
        code = re.sub(r'/\*.*?\*/', '', part, flags=re.S)
        said = COST.search(' '.join(re.findall(r'/\*.*?\*/', part, flags=re.S)))
        problems += [f'{path}: {name}() does not say what it costs' for name in DECLARATION.findall(code) if not said]
    return problems


def main():
    headers = [path for path in tracked_files() if re.fullmatch(r'src/document/[a-z-]+\.h', path) and not path.endswith(PRIVATE)]
    problems = [] if headers else ['there are no public headers in src/document']
    for path in headers:
        problems += problems_of(path, read(path))
    return report(problems)


if __name__ == '__main__':
    sys.exit(main())
