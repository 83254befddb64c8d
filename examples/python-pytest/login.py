"""The login under test: it sends a user a code, and accepts that code once. Replace it with your own."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class Login:
    def __init__(self, otp_url):
        self.otp_url = otp_url

    def send_code(self, user):
        """Sends a code. Returns False if none can be sent at the moment."""
        return self._call("request", {"user": user}) == 200

    def enter(self, user, code):
        """Returns the page that the user sees."""
        status = self._call("verify", {"user": user, "code": code})
        if status == 200:
            return f"Welcome, {user}"
        return "Your code has expired" if status == 410 else "Wrong code"

    def _call(self, step, body):
        request = Request(
            f"{self.otp_url}/otp/{step}",
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        try:
            with urlopen(request) as response:
                return response.status
        except HTTPError as error:
            return error.code
