# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""What is measured: each module is one subject.

Each has NAME, TOOLS, steps(plan), stage(setup) (a context manager, what must stand for its steps), measure(stage, step)
(one step, returns a dictionary), and makes of the results figures, ratios, sections and plots."""
