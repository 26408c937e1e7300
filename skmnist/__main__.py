"""``python -m skmnist`` is the command ``skmnist``."""

import sys

from ._cli import main

sys.exit(main())
