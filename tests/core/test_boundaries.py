"""What is refused before a view runs, and whom we believe about where a request came from."""

import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile

from core.middleware import TrustedProxyMiddleware

pytestmark = [pytest.mark.urls("tests.core.urls"), pytest.mark.django_db]


def quickly(began):
    """Read to the end, each would take minutes; the seconds are the processor's, because the machine may be busy."""
    return time.process_time() - began < 15


@pytest.mark.parametrize("path", ["/told/%00", "/%00", "/told/%0d%0aSet-Cookie:x=1", "/one/1%00/", "/told/?q=a%00b"])
def test_control_characters_in_an_address_are_refused(client, path):
    assert client.get(path).status_code == 400


def test_an_endless_address_is_refused_and_ten_thousand_characters_are_not(client):
    assert client.get("/" + "x" * 5_000).status_code == 414
    assert client.get("/told/", {"q": "x" * 200_000}).status_code == 414
    assert client.get("/told/", {"q": "门" * 10_000}).json()["text"] == "门" * 10_000


@pytest.mark.parametrize("tail", ["%FF%FE", "%ED%A0%80", "%C0%80"])
def test_broken_encodings_find_nothing_and_break_nothing(client, tail):
    assert client.get(f"/told/{tail}").status_code == 404
    assert client.get(f"/told/?q={tail}").status_code == 200


def test_a_note_of_ten_megabytes_is_refused_fast_plain_or_with_files(client):
    began = time.process_time()
    assert client.post("/told/", "a=" + "x" * 10_000_000, "application/x-www-form-urlencoded").status_code == 413
    assert client.post("/told/", {"note": "x" * 10_000_000}).status_code == 413
    assert client.post("/told/", "[" * 6_000_000, "application/json").status_code == 413
    assert quickly(began)


def test_a_hundred_thousand_fields_are_refused_fast(client):
    began = time.process_time()
    assert client.post("/told/", "&".join(f"f{n}=" for n in range(100_000)), URLENCODED).status_code == 413
    assert client.post("/told/", {f"f{n}": "" for n in range(3_000)}).status_code == 413
    assert client.get("/told/?" + "&".join("a=" for _ in range(3_000))).status_code == 413
    assert quickly(began)
    assert client.post("/told/", {f"f{n}": "" for n in range(1_500)}).json()["posted"] == 1_500


URLENCODED = "application/x-www-form-urlencoded"


def test_what_says_it_is_too_large_is_not_read(client, settings):
    class Unread:
        def read(self, *args):
            raise AssertionError("The body was read.")

        readline = read

    huge = {"CONTENT_LENGTH": str(settings.UPLOAD_MAX_BYTES + 1), "wsgi.input": Unread()}
    assert client.generic("POST", "/told/", content_type="multipart/form-data; boundary=x", **huge).status_code == 413
    assert client.generic("POST", "/told/", content_type="image/jpeg", **huge).status_code == 413
    huge["CONTENT_LENGTH"] = "9" * 18
    assert client.generic("POST", "/told/", content_type="multipart/form-data; boundary=x", **huge).status_code == 413


def test_too_many_files_are_refused(client, settings):
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)]
    assert client.post("/told/", {"files": files}).status_code == 413


@pytest.mark.parametrize("length", ["-1", "abc", "１", "1e9", ""])
def test_a_length_that_is_no_number_counts_as_none(client, length):
    assert client.generic("POST", "/told/", content_type=URLENCODED, CONTENT_LENGTH=length).status_code == 200


@pytest.mark.parametrize("override", ["DELETE", "PUT", "GET"])
def test_a_header_cannot_change_the_method(client, override):
    told = client.post("/told/", {"_method": override}, headers={"X-HTTP-Method-Override": override}).json()
    assert (told["method"], told["forwarded"]) == ("POST", [])


def test_a_cookie_with_a_hidden_nul_is_dropped(client):
    client.cookies.clear()
    told = client.get("/told/", HTTP_COOKIE=r'sessionid="\000aaaaaaaaaaaa"; kept=1')
    assert told.json()["cookies"] == ["kept"]
    assert client.get("/search/", HTTP_COOKIE=r'sessionid="\000aaaaaaaaaaaa"').status_code in (302, 404)


@pytest.mark.parametrize("pk", ["0", "-1", "01", str(2**63), str(10**40), "1e3", "１", "1.0", "0x1", "a", "+1", "%20"])
def test_a_path_with_an_impossible_number_is_not_found(client, pk):
    assert client.get(f"/one/{pk}/").status_code == 404


@pytest.mark.parametrize("pk", ["1", "42", str(2**63 - 1)])
def test_a_path_with_a_possible_number_is_found(client, pk):
    assert client.get(f"/one/{pk}/").content.decode() == pk


FORWARDED = {
    "X-Forwarded-For": "1.1.1.1, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Real-IP": "1.1.1.1",
    "Forwarded": "for=1.1.1.1",
}


def test_a_stranger_is_not_believed_about_where_he_comes_from(client):
    told = client.get("/told/", headers=FORWARDED, REMOTE_ADDR="198.51.100.7").json()
    assert (told["address"], told["secure"], told["forwarded"]) == ("198.51.100.7", False, [])


def test_a_named_front_server_is_believed_about_the_last_stranger(client, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8", "::1"]
    told = client.get("/told/", headers=FORWARDED, REMOTE_ADDR="10.1.2.3").json()
    assert (told["address"], told["secure"], told["forwarded"]) == ("203.0.113.9", True, [])
    chained = {"X-Forwarded-For": "127.0.0.1, 203.0.113.9, 10.9.9.9"}
    assert client.get("/told/", headers=chained, REMOTE_ADDR="::1").json()["address"] == "203.0.113.9"
    for odd in ("", "unknown", "<script>", "1.1.1.1:80", "a, b"):
        told = client.get("/told/", headers={"X-Forwarded-For": odd}, REMOTE_ADDR="10.1.2.3").json()
        assert told["address"] == "10.1.2.3"


def test_a_misspelt_front_server_stops_the_start(settings):
    settings.TRUSTED_PROXIES = ["nginx"]
    with pytest.raises(ImproperlyConfigured):
        TrustedProxyMiddleware(lambda request: None)


@pytest.mark.parametrize("host", ["evil.example", "localhost,evil.example", "localhost@evil.example"])
def test_a_foreign_host_is_refused(client, host):
    assert client.get("/told/", headers={"Host": host}).status_code == 400
