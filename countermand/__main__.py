"""`python -m countermand`: the command line under another name."""

from __future__ import annotations

import sys

from countermand.cli import main

sys.exit(main())
