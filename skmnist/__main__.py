"""``python -m skmnist`` is the command ``skmnist``."""

import sys

from .cli import main

sys.exit(main())
