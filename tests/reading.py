"""A second process with a delivery lane of its own: `python -m tests.reading`, a path a line on stdin, the body out.

Meanwhile two threads of it go on asking for the last path, so that there is always something in its memory.
"""

import os
import sys
import threading
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "cognitor.settings.test"


def main() -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = os.environ["READING_DATABASE"]
    django.setup()
    from tests.lanes import LaneClient

    client, last = LaneClient(), [""]

    def go_on() -> None:
        while True:
            if last[0]:
                client.get(last[0])
            time.sleep(0.0005)

    for _ in range(2):
        threading.Thread(target=go_on, daemon=True).start()
    for line in sys.stdin:
        last[0] = line.strip()
        answer = client.get(last[0])
        sys.stdout.write(f"{answer.status} {answer.body.decode()}\n")
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
