"""For all tests: Hypothesis takes its time, and tries the same examples in every run of CI."""

import os

from hypothesis import settings

settings.register_profile("here", deadline=None)
# a run of CI says whether a change broke something; new examples are looked for on everybody's machine
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
