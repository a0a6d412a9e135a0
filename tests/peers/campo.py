"""The server that peers are tried against, by its API."""

import json
import time
import urllib.error
import urllib.request


class Campo:
    def __init__(self, url, bearer):
        self.url, self.bearer = url, bearer

    def call(self, method, path, body=None):
        headers = {"authorization": "Bearer " + self.bearer, "content-type": "application/json"}
        body = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(text) if text else None

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)


def until(what, asked, seconds=60):
    """Asks until the answer is one, and gives it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = asked()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"{what} did not come within {seconds} s")
