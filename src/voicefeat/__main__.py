"""``python -m voicefeat`` is the command ``voicefeat``."""

import sys

from .cli.main import main

sys.exit(main())
