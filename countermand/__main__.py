"""`python -m countermand`: the command line under another name."""

from __future__ import annotations

import os
import sys

# `python -m` looks for modules where somebody stands first, which may be a folder that a stranger has filled.
if (
    not sys.flags.safe_path
    and sys.path
    and os.path.realpath(f"{__file__}/../..") != os.path.realpath(".") == os.path.realpath(sys.path[0])
):
    del sys.path[0]

from countermand.cli import main

sys.exit(main())
