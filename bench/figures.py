# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Median, spread and ratios: what is told of repeated measurements."""

import statistics


def median(values):
    return statistics.median(values)


def percentile(values, part):
    """The smallest value that at least this part of all values does not exceed."""
    ordered = sorted(values)
    position = -(-part * len(ordered) // 100)
    return ordered[max(0, int(position) - 1)]


def ratios(values, reference):
    """Round by round, since the speed of a machine drifts more between rounds than within one."""
    return [value / other for value, other in zip(values, reference)]


def with_range(values, digits):
    """Median, and the smallest and largest in brackets."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"
