"""``python -m voicefeat`` is the command ``voicefeat``."""

import sys

from .cli import main

sys.exit(main())
