"""Changes the first password of a user and makes a key that may do everything: served.py URL LOGIN PASSWORD. Prints the
secret of the key."""

import json
import secrets
import sys
import urllib.request

url, login, password = sys.argv[1:]


def call(method, path, body=None, token=None):
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = "Bearer " + token
    body = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, body, headers, method=method)) as answer:
        text = answer.read()
    return json.loads(text) if text else None


new = secrets.token_urlsafe(18)
token = call("POST", "/v1/session", {"login": login, "password": password})["token"]
call("PUT", "/v1/session/password", {"current": password, "password": new}, token)
token = call("POST", "/v1/session", {"login": login, "password": new})["token"]
permissions = call("GET", "/v1/session", token=token)["permissions"]
key = {"code": "everything", "name": "Everything", "permissions": permissions}
print(call("POST", "/v1/keys", key, token)["secret"])
