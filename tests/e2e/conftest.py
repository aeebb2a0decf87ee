# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The warmspare authors

import pytest


@pytest.fixture(params=[pytest.param(3, id="short"), pytest.param(60, id="long", marks=pytest.mark.long)])
def switches(request):
    """How many times an application must be moved while it works."""
    return request.param
