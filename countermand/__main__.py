"""`python -m countermand`: the command line under another name."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# `python -m` looks for modules where somebody stands first, which may be a folder that a stranger has filled.
if not sys.flags.safe_path and sys.path and Path(__file__).resolve().parents[1] != Path.cwd() == Path(os.path.realpath(sys.path[0])):
    del sys.path[0]

from countermand.cli import main

sys.exit(main())
