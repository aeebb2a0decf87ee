# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Writes a configuration as TOML: the standard library only reads it."""

import re


def dump(values):
    """Text for a dictionary of strings, numbers, booleans, lists and dictionaries."""
    return "\n".join(_table([], values)) + "\n"


def _table(path, values):
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    rows = {key: value for key, value in values.items() if key == "link" and isinstance(value, list)}
    plain = {key: value for key, value in values.items() if key not in tables and key not in rows}
    lines = [f"[{'.'.join(path)}]"] if path and (plain or not tables) else []
    lines += [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in tables.items():
        lines += ["", *_table([*path, _key(key)], value)]
    for key, value in rows.items():
        for row in value:
            lines += ["", f"[[{'.'.join([*path, _key(key)])}]]"]
            lines += [f"{_key(name)} = {_value(item)}" for name, item in row.items()]
    return lines


def _key(name):
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
