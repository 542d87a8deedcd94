"""The sandbox as a child of `serve`."""

import os
import subprocess
import sys
from pathlib import Path

from cognitor.embedded import process

ROOT = Path(__file__).resolve().parents[3]


class EmbeddedStripe:
    """A sandbox on 127.0.0.1 that keeps its objects in `file` and tells `webhook_url` what happens.

    `password` is what its key and the secret of its webhooks end with, as the settings make them of its address.
    """

    def __init__(self, file: Path, port: int, password: str, webhook_url: str) -> None:
        self.file, self.port, self.password, self.webhook_url = file, port, password, webhook_url

    def launch(self) -> subprocess.Popen[bytes]:
        """Starts it without waiting: nothing asks it before somebody pays. Main thread only."""
        options = ("--port", str(self.port), "--file", str(self.file), "--webhook-url", self.webhook_url)
        keys = {"STRIPE_SANDBOX_KEY": f"sk_test_{self.password}", "STRIPE_SANDBOX_SECRET": f"whsec_{self.password}"}
        return process.spawn(
            [sys.executable, "-m", "cognitor.embedded.stripe.server", *options],
            stdout=subprocess.PIPE,
            env={"PATH": os.defpath, "PYTHONUNBUFFERED": "1", "COGNITOR_SERVE": str(self.file.parent), **keys},
            cwd=ROOT,
        )
