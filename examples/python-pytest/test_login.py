import pytest

from login import Login


@pytest.fixture
def login(otp):
    return Login(otp.url)


def test_the_code_logs_in_once(login, otp):
    login.send_code("+15550001")
    code = otp.wait_for_code("+15550001")
    assert login.enter("+15550001", code) == "Welcome, +15550001"
    assert login.enter("+15550001", code) == "Wrong code"


def test_a_code_is_good_for_five_minutes_and_the_test_does_not_wait_for_them(login, otp):
    login.send_code("+15550001")
    code = otp.wait_for_code("+15550001")
    otp.advance_clock(300)
    assert login.enter("+15550001", code) == "Your code has expired"


def test_a_provider_that_fails_once_does_not_break_the_login(login, otp):
    otp.set_faults({"on": "request", "times": 1, "status": 503})
    assert login.send_code("+15550001") is False
    assert login.send_code("+15550001") is True
