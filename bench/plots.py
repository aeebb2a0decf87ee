# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""Plots of what was measured, as small SVG files that are the same for the same figures."""

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({
    "svg.fonttype": "none",
    "svg.hashsalt": "warmspare",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "axes.axisbelow": True,
    "legend.frameon": False,
})

from matplotlib import pyplot  # noqa: E402

COLOURS = ("#1b6ca8", "#d1495b", "#edae49", "#66a182", "#8d6a9f", "#5f6c7b", "#00798c")


def save(figure, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, bbox_inches="tight", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def pauses(file, groups):
    """{fault: {system: [ms]}}: each run a point, and a line at the median; on a logarithmic axis. What is compared in
    each group may also be something else than systems."""
    systems = list(dict.fromkeys(system for runs in groups.values() for system in runs))
    figure, axes = pyplot.subplots(figsize=(8, 0.4 + 0.22 * len(groups) * (len(systems) + 1)))
    for number, runs in enumerate(groups.values()):
        for place, system in enumerate(systems):
            values = runs.get(system, [])
            height = -number * (len(systems) + 1) - place
            label = system if number == 0 else None
            axes.plot(values, [height] * len(values), "o", ms=4, alpha=0.6, color=COLOURS[place], label=label)
            if values:
                axes.plot([sorted(values)[len(values) // 2]], [height], "|", ms=12, color=COLOURS[place])
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("pause, ms")
    axes.set_yticks([-n * (len(systems) + 1) - (len(systems) - 1) / 2 for n in range(len(groups))], list(groups))
    axes.legend(bbox_to_anchor=(1, 1), loc="upper left")
    save(figure, file)


def bars(file, panels):
    """{title: {system: [value]}}: medians, with whiskers from the smallest to the largest value."""
    figure, all_axes = pyplot.subplots(1, len(panels), figsize=(4.2 * len(panels), 2.8), sharey=True, squeeze=False)
    for axes, (title, values) in zip(all_axes[0], panels.items()):
        names = list(values)[::-1]
        middles = [sorted(values[name])[len(values[name]) // 2] for name in names]
        below = [middle - min(values[name]) for name, middle in zip(names, middles)]
        above = [max(values[name]) - middle for name, middle in zip(names, middles)]
        axes.barh(names, middles, xerr=[below, above], color=COLOURS[0], ecolor="#555555", height=0.6)
        axes.set_xlabel(title)
        axes.grid(axis="y", visible=False)
    save(figure, file)


def distances(file, points):
    """{round trip in ms: [pause in ms]}, and what is to be reached."""
    figure, axes = pyplot.subplots(figsize=(5, 3))
    for distance, values in points.items():
        axes.plot([distance] * len(values), values, "o", ms=4, alpha=0.5, color=COLOURS[0])
    middles = [sorted(values)[len(values) // 2] for values in points.values()]
    axes.plot(list(points), middles, "-", color=COLOURS[0], label="warmspare, median")
    axes.plot(list(points), [20 + 1.5 * ms for ms in points], "--", color=COLOURS[1], label="20 ms + 1.5 round trips")
    axes.set_xlabel("round trip, ms")
    axes.set_ylabel("pause, ms")
    axes.set_ylim(bottom=0)
    axes.legend()
    save(figure, file)


def lines(file, xlabel, panels):
    """{title: [(x, y)]}: each a small plot from the origin on."""
    figure, all_axes = pyplot.subplots(1, len(panels), figsize=(4 * len(panels), 2.8), squeeze=False)
    for axes, (title, points) in zip(all_axes[0], panels.items()):
        axes.plot(*zip(*points), "o-", color=COLOURS[0])
        axes.set_xlabel(xlabel)
        axes.set_ylabel(title)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
    save(figure, file)
