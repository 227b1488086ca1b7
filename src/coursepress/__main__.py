"""`python -m coursepress`: the same as the command `coursekit`."""

import sys

from coursepress.cli import main

sys.exit(main())
