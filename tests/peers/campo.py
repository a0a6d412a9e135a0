"""The server that peers are tried against, by its API."""

import dataclasses
import json
import os
import pathlib
import subprocess
import time
import typing
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


@dataclasses.dataclass
class Context:
    """What peers are tried with: the server, where the peers are, and a folder for their files."""

    campo: Campo
    tools: pathlib.Path
    folder: pathlib.Path

    def environment(self):
        return {**os.environ, "HOME": str(self.folder), "NODE_PATH": str(self.tools / "node/node_modules")}

    def run(self, *command, text=None, folder=None, seconds=120):
        """Runs a program that must end well, and gives what it said."""
        done = subprocess.run(
            [str(one) for one in command], cwd=folder or self.folder, env=self.environment(), input=text,
            capture_output=True, text=True, timeout=seconds)
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {said[-600:]}"
        return said


@dataclasses.dataclass
class Peer:
    """A program that we did not write: its name, what is done with it, how its version is found, and the trial."""

    name: str
    what: str
    version: typing.Callable
    run: typing.Callable
