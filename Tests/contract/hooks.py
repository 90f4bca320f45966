"""What Schemathesis has to be told of HTTP and of agendas; the contract's words say the rest."""
import gzip
import re

import schemathesis

AGENDA, UNKNOWN = "assen", "x-schemathesis-unknown-property"
NAME = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """Lines of JSON as they are, or as gzip where the request says that they are."""
    body = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else repr(value).encode()
    return gzip.compress(body) if (context.case.headers or {}).get("Content-Encoding") == "gzip" else body


@schemathesis.hook
def filter_case(context, case):
    """A header that nobody knows makes no request wrong (RFC 9110, section 5.1), and whatever is sent as text is a text."""
    is_text = case.media_type != "application/x-ndjson" or not isinstance(case.body, (dict, list, int, float, type(None)))
    return is_text and UNKNOWN not in (case.headers or {})


def without_token(request):
    request.headers.pop("Authorization", None)
    return request


@schemathesis.hook
def before_call(context, case, kwargs):
    """What may be the name of an agenda is that of ours; whoever has an invite sends no token."""
    name = case.path_parameters.get("agenda") if case.path_parameters else None
    if isinstance(name, str) and NAME.fullmatch(name):
        case.path_parameters["agenda"] = AGENDA
    if context.operation.label == "POST /agendas/{agenda}/devices" and isinstance(case.body, dict) and case.body.get("invite") is not None:
        kwargs["auth"] = without_token
