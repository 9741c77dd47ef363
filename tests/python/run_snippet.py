"""Runs a documentation snippet as it stands: python run_snippet.py <file>

Defines what the snippet leaves out, and calls the function that it leaves uncalled. It does not flush: that the
traces leave at the end of the program is part of what is tested.
"""

import sys
from pathlib import Path

from langfuse import get_client

path = Path(sys.argv[1])
names = {"__name__": "__main__", "langfuse": get_client(), "result": "the answer"}
exec(compile(path.read_text(), str(path), "exec"), names)
if "process_request" in names:
    assert names["process_request"]() == "the answer"
