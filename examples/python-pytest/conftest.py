import json
import subprocess
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest


class OtpService:
    """The calls that a test makes, with the standard library alone."""

    def __init__(self, url):
        self.url = url

    def wait_for_code(self, user):
        return self._call("GET", f"/mock/inbox/wait?{urlencode({'user': user})}")["code"]

    def advance_clock(self, seconds):
        self._call("POST", "/mock/clock", {"advance": seconds})

    def set_faults(self, *faults):
        self._call("PUT", "/mock/faults", faults)

    def reset(self):
        self._call("POST", "/mock/reset", {})

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"content-type": "application/json"}
        with urlopen(Request(self.url + path, data, headers, method=method)) as response:
            return json.load(response)


@pytest.fixture(scope="session")
def otp_service():
    """One service for the run; with pytest-xdist, one for each worker."""
    command = ["npx", "mock-otp-service", "--host", "127.0.0.1", "--port", "0", "--log-format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            # The first line names the address. The service drops the others where nobody reads them.
            yield OtpService(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


@pytest.fixture
def otp(otp_service):
    """The service, with everything forgotten that earlier tests did."""
    otp_service.reset()
    return otp_service
