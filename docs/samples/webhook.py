"""Checks the signature of a notification: verify(secret of the channel, headers, body) is True when it is Campo's."""

import base64
import hashlib
import hmac
import time


def verify(secret, headers, body, now=None):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    sent_at = int(headers["webhook-timestamp"])
    if abs((now or time.time()) - sent_at) > 300:
        return False
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [one.removeprefix("v1,") for one in headers["webhook-signature"].split()]
    return any(hmac.compare_digest(expected, one) for one in given)
