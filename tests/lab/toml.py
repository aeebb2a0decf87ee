# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Writes a configuration as TOML: the standard library only reads it."""

import re


def dump(values):
    """Text for a dictionary of strings, numbers, booleans, lists and dictionaries."""
    return "\n\n".join("\n".join(block) for block in _blocks([], values)) + "\n"


def _blocks(path, values):
    """One list of lines for each table; a table of tables has none of its own."""
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    rows = values.get("link", [])
    plain = {key: value for key, value in values.items() if key not in tables and key != "link"}
    if plain:
        yield ([f"[{'.'.join(path)}]"] if path else []) + _pairs(plain)
    for key, value in tables.items():
        yield from _blocks([*path, _key(key)], value)
    for row in rows:
        yield [f"[[{'.'.join([*path, 'link'])}]]", *_pairs(row)]


def _pairs(values):
    return [f"{_key(name)} = {_value(value)}" for name, value in values.items()]


def _key(name):
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
