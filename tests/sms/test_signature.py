"""Only what the provider signed gets in, and everything that it signed does."""

from __future__ import annotations

import base64
import hmac
import json
import time
from hashlib import sha1
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.sms.provider import BadRequestError, BadSignatureError, Inbound, RawRequest, Status
from bot.sms.telnyx import TelnyxProvider
from bot.sms.twilio import TwilioProvider
from tests.sms.practice import CARRIER_TOKEN, OURS, PUBLIC, Practice

ACCOUNT, TOKEN, OLD_TOKEN = "AC" + "1" * 32, "12345", "before"
URL = "https://clinic.example.org/sms/twilio"


def provider() -> TwilioProvider:
    return TwilioProvider(ACCOUNT, (TOKEN, OLD_TOKEN), OURS, f"{URL}/status")


def independent(url: str, fields: list[tuple[str, str]], token: str) -> str:
    """HMAC-SHA1 over the URL and every field, as Twilio's documentation describes it, in our own ten lines."""
    names = sorted({name for name, _ in fields})
    text = url + "".join(
        name + value for name in names for value in sorted({v for n, v in fields if n == name})
    )
    return base64.b64encode(hmac.new(token.encode(), text.encode(), sha1).digest()).decode()


def request(url: str, fields: list[tuple[str, str]], signature: str) -> RawRequest:
    return RawRequest(url, {"x-twilio-signature": signature}, urlencode(fields).encode())


def accepts(raw: RawRequest) -> bool:
    try:
        provider().verify(raw)
    except BadSignatureError:
        return False
    return True


FIELDS = [
    ("AccountSid", ACCOUNT),
    ("From", "+12025550143"),
    ("Body", "6"),
    ("MessageSid", "SM1"),
    ("FromCity", ""),
]


def test_twilios_published_example_gives_twilios_published_signature() -> None:
    fields = [
        ("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675309"), ("Digits", "1234"), ("From", "+14158675309"),
        ("To", "+18005551212"),
    ]  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert independent(url, fields, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert RequestValidator("12345").compute_signature(url, dict(fields)) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("what", "url", "fields"),
    [
        ("empty fields", URL, FIELDS),
        ("a query", URL + "?a=1&b=%20x", FIELDS),
        ("emoji", URL, [*FIELDS, ("Extra", "\U0001f9b5 sore")]),
        ("plus and space", URL, [*FIELDS, ("Extra", "a+b c%20d")]),
        ("ampersand and equals", URL, [*FIELDS, ("Extra", "a=b&c;d")]),
        ("line ends", URL, [*FIELDS, ("Extra", "a\r\nb")]),
        ("one name twice", URL, [*FIELDS, ("Media", "b"), ("Media", "a")]),
        ("upper and lower case names", URL, [*FIELDS, ("a", "1"), ("A", "2")]),
        ("a port in the URL", URL.replace(".org", ".org:443"), FIELDS),
    ],
)
def test_what_twilio_signed_gets_in(what: str, url: str, fields: list[tuple[str, str]]) -> None:
    assert accepts(request(url, fields, independent(url, fields, TOKEN))), what


@pytest.mark.parametrize(
    ("what", "raw"),
    [
        ("no signature", request(URL, FIELDS, "")),
        ("another token", request(URL, FIELDS, independent(URL, FIELDS, "wrong"))),
        ("another host", request(URL.replace("clinic", "other"), FIELDS, independent(URL, FIELDS, TOKEN))),
        ("another scheme", request(URL.replace("https", "http"), FIELDS, independent(URL, FIELDS, TOKEN))),
        ("another path", request(URL + "/", FIELDS, independent(URL, FIELDS, TOKEN))),
        ("an added query", request(URL + "?x=1", FIELDS, independent(URL, FIELDS, TOKEN))),
        ("an empty field dropped", request(URL, FIELDS[:-1], independent(URL, FIELDS, TOKEN))),
        ("a field added", request(URL, [*FIELDS, ("x", "")], independent(URL, FIELDS, TOKEN))),
        (
            "a field changed",
            request(URL, [*FIELDS[:2], ("Body", "7"), *FIELDS[3:]], independent(URL, FIELDS, TOKEN)),
        ),
        ("not UTF-8", RawRequest(URL, {"x-twilio-signature": "x"}, b"Body=%ff")),
        ("too many fields", request(URL, [(f"f{n}", "") for n in range(500)], "x")),
        ("signature not ASCII", request(URL, FIELDS, "ä")),
    ],
)
def test_what_twilio_did_not_sign_stays_out(what: str, raw: RawRequest) -> None:
    assert not accepts(raw), what


def test_another_account_of_the_same_provider_stays_out() -> None:
    fields = [("AccountSid", "AC" + "2" * 32), *FIELDS[1:]]
    assert not accepts(request(URL, fields, independent(URL, fields, TOKEN)))


def test_the_token_before_this_one_is_still_accepted() -> None:
    assert accepts(request(URL, FIELDS, independent(URL, FIELDS, OLD_TOKEN)))


_names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
_values = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=2000, deadline=None)
@given(st.lists(st.tuples(_names, _values), max_size=8), st.integers(0, 10**6))
def test_library_independent_hmac_and_we_agree_on_generated_requests(
    drawn: list[tuple[str, str]], where: int
) -> None:
    fields = [("AccountSid", ACCOUNT), *(pair for pair in drawn if pair[0] != "AccountSid")]
    signature = independent(URL, fields, TOKEN)
    raw = request(URL, fields, signature)
    assert accepts(raw)
    changed = bytearray(raw.body)
    changed[where % len(changed)] ^= 1
    if parse_qsl(bytes(changed).decode("latin-1"), keep_blank_values=True) != parse_qsl(
        raw.body.decode(), keep_blank_values=True
    ):
        assert not accepts(RawRequest(URL, raw.headers, bytes(changed)))


async def test_the_door_answers_403_and_stores_nothing_when_the_signature_is_wrong(
    practice: Practice,
) -> None:
    fields = {"AccountSid": "AC" + "0" * 32, "From": "+12025550143", "Body": "6", "MessageSid": "SMforged"}
    for headers in ({}, {"X-Twilio-Signature": "AAAA"}):
        response = await practice.http.post("/sms/fake", data=fields, headers=headers)
        assert response.status_code == 403
    assert practice.assistant.turns == [] and await practice.conversing.answer_waiting() == 0


async def test_behind_a_proxy_the_public_address_counts(practice: Practice) -> None:
    """TLS ends at the proxy: the app sees http and an inner host, the provider signed the public URL."""
    fields = {
        "AccountSid": "AC" + "0" * 32,
        "From": "+12025550143",
        "Body": "6",
        "MessageSid": "SM9",
        "FromCity": "",
    }
    signature = RequestValidator(CARRIER_TOKEN).compute_signature(f"{PUBLIC}/sms/fake", fields)
    transport = practice.http._transport
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.5:8080") as inner:
        response = await inner.post("/sms/fake", data=fields, headers={"X-Twilio-Signature": signature})
    assert response.status_code == 204


async def test_more_than_64_kib_is_refused_before_it_is_read(practice: Practice) -> None:
    response = await practice.http.post("/sms/fake", content=b"Body=" + b"x" * 70_000)
    assert response.status_code == 413


class Telnyx:
    """The provider's side of Telnyx."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        self.provider = TelnyxProvider("key", public, OURS, "https://clinic.example.org/sms/telnyx/status")

    def signed(self, event: dict, *, age: int = 0, path: str = "/sms/telnyx") -> RawRequest:
        body, stamp = json.dumps(event).encode(), str(int(time.time()) - age)
        signature = base64.b64encode(self.key.sign(stamp.encode() + b"|" + body)).decode()
        headers = {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": signature}
        return RawRequest(f"https://clinic.example.org{path}", headers, body)


HEARD = {"data": {"event_type": "message.received", "payload": {
    "id": "t1", "from": {"phone_number": "+12025550143"}, "to": [{"phone_number": OURS}], "text": "6", "media": [],
}}}  # fmt: skip


def test_telnyx_a_signed_text_gets_in() -> None:
    telnyx = Telnyx()
    raw = telnyx.signed(HEARD)
    telnyx.provider.verify(raw)
    assert telnyx.provider.parse(raw) == Inbound("t1", "+12025550143", OURS, "6", 0)


def test_telnyx_changed_old_or_unsigned_stays_out() -> None:
    telnyx = Telnyx()
    raw = telnyx.signed(HEARD)
    for bad in (
        RawRequest(raw.url, raw.headers, raw.body + b" "),
        RawRequest(raw.url, {}, raw.body),
        RawRequest(raw.url, {**raw.headers, "telnyx-signature-ed25519": "????"}, raw.body),
        RawRequest(raw.url, {**raw.headers, "telnyx-timestamp": "x"}, raw.body),
        telnyx.signed(HEARD, age=301),
        Telnyx().signed(HEARD),
    ):
        with pytest.raises(BadSignatureError):
            telnyx.provider.verify(bad)


def test_telnyx_a_status_names_our_text() -> None:
    telnyx, ref = Telnyx(), "a" * 32
    payload = {"id": "t1", "to": [{"status": "delivery_failed"}], "errors": [{"code": "40001"}]}
    event = {"data": {"event_type": "message.finalized", "payload": payload}}
    told = telnyx.provider.parse(telnyx.signed(event, path=f"/sms/telnyx/status/{ref}"))
    assert told == Status("t1", "undelivered", "40001", ref)
    for broken in ({}, {"data": []}, {"data": {"event_type": "call.hangup", "payload": {}}}):
        with pytest.raises(BadRequestError):
            telnyx.provider.parse(telnyx.signed(broken))
