"""Reads tasks by REST, page by page, with nothing but Python itself."""

import json
import os
import urllib.parse
import urllib.request


def pages(path, **query):
    while True:
        address = f"{os.environ['CAMPO_URL']}{path}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {os.environ['CAMPO_KEY']}"})
        with urllib.request.urlopen(request) as answer:
            page = json.load(answer)
        yield from page["items"]
        if "next" not in page:
            return
        query["after"] = page["next"]


for task in pages("/v1/tasks", limit=500):
    print(task["task_number"], task["progress"]["status"], task.get("description", ""))
