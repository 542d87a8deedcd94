"""Load: wrk when it is there, else threads of our own, which reach their own limit long before a good server's."""

import http.client
import random
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 32
WRITTEN = 2_000


@dataclass(frozen=True)
class Load:
    """What is asked: paths in which `{n}` becomes a random number of the range, and for writes method and body."""

    base_url: str
    path: str
    numbers: tuple[int, int] = (0, 0)
    method: str = "GET"
    body: str = ""
    token: str = ""
    user_agent: str = "bench"
    connections: int = CONNECTIONS

    def run(self, seconds: float, folder: Path) -> float:
        """Answered requests per second; raises when anything but a success was among the answers."""
        if shutil.which("wrk"):
            return self._wrk(seconds, folder)
        return self._threads(seconds)

    def _wrk(self, seconds: float, folder: Path) -> float:
        script = folder / "load.lua"
        headers = 'wrk.headers["Content-Type"] = "application/json"\n'
        headers += f'wrk.headers["User-Agent"] = "{self.user_agent}"\n'
        headers += f'wrk.headers["Authorization"] = "Bearer {self.token}"\n' if self.token else ""
        first, last = self.numbers
        # Requests are written before the first is sent: the load generator shares the processors with the server.
        script.write_text(
            f'{headers}wrk.method = "{self.method}"\nlocal body, requests, last = {self.body!r}, {{}}, 0\n'
            "function init(args)\n"
            "  math.randomseed(tonumber(tostring({}):sub(8), 16) % 99999)\n"
            f"  for number = 1, {WRITTEN} do\n"
            f'    local path = ("{self.path}"):gsub("{{n}}", math.random({first}, {last}))\n'
            '    requests[number] = wrk.format(nil, path, nil, body ~= "" and body or nil)\n'
            "  end\n"
            "end\n"
            f"function request()\n  last = last % {WRITTEN} + 1\n  return requests[last]\nend\n"
        )
        command = [
            "wrk",
            "-t2",
            f"-c{self.connections}",
            f"-d{seconds:g}s",
            "--timeout",
            "10s",
            "-s",
            str(script),
            self.base_url,
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
        if "Non-2xx" in said or "Socket errors" in said:
            raise SystemExit(f"{self.method} {self.path} was not answered well:\n{said}")
        found = re.search(r"Requests/sec:\s+([\d.]+)", said)
        assert found  # noqa: S101
        return float(found[1])

    def _threads(self, seconds: float) -> float:
        counts = [0] * self.connections
        end = time.monotonic() + seconds

        def ask(index: int) -> None:
            host = urlsplit(self.base_url).netloc
            connection = http.client.HTTPConnection(host)
            headers = {"Content-Type": "application/json", "User-Agent": self.user_agent} | (
                {"Authorization": f"Bearer {self.token}"} if self.token else {}
            )
            while time.monotonic() < end:
                path = self.path.replace("{n}", str(random.randint(*self.numbers)))
                connection.request(self.method, path, self.body or None, headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status >= 300:
                    raise SystemExit(f"{self.method} {path} gave {answer.status}")
                counts[index] += 1

        threads = [threading.Thread(target=ask, args=(index,)) for index in range(self.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts) / seconds
