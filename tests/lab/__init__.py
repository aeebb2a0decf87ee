# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

"""A laboratory of network namespaces in which the real programs run, are cut from each other, and are asked."""

from lab.lab import Lab, LabError
from lab.node import Node
from lab.stream import CheckedStream, StreamServer

__all__ = ["CheckedStream", "Lab", "LabError", "Node", "StreamServer"]
