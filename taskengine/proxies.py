"""Which client stands behind a proxy, and whether it came by TLS: believed of the proxies that we know, and of no other.

`behind_proxies` is applied once, outside of everything. After it a scope's `client` and `scheme` are the real ones,
for HTTP and WebSocket and under every server program, and the headers that said so are gone, so that nothing further
in can believe them a second time.
"""

import ipaddress
import logging
import math
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

from django.core.exceptions import ImproperlyConfigured
from prometheus_client import Counter

logger = logging.getLogger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Application = Callable[[Any, Any, Any], Awaitable[None]]

# Written into TRUSTED_PROXIES for a proxy that comes through a unix socket, where there is no address.
UNIX: Final = "unix"
_SAYS_SO: Final = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-proto",
        b"x-forwarded-ssl",
        b"x-real-ip",
    }
)
# A parameter of RFC 7239, section 4: a token or a quoted string after its name.
_PARAMETER: Final = re.compile(r'\s*([!#$%&\'*+.^_`|~\w-]+)=("(?:[^"\\]|\\.)*"|[^\s;,"]*)\s*')
_MAX_ADDRESS_CHARS: Final = 100
# Of those that are not believed: an address once in that time, and so many addresses in all.
DISBELIEF_TOLD_EVERY_S: Final = 3_600.0
_DISBELIEVED_AT_ONCE: Final = 10
DISBELIEVED: Final = Counter(
    "taskengine_untrusted_proxy_requests",
    "Requests and handshakes that say for whom they ask, from addresses that TRUSTED_PROXIES does not name.",
)
_WITH_TLS: Final = {"http": "https", "ws": "wss"}
_WITHOUT_TLS: Final = {"https": "http", "wss": "ws"}


@dataclass(frozen=True, kw_only=True, slots=True)
class TrustedProxies:
    """The proxies that are believed.

    Attributes:
        networks: Their addresses.
        unix: Whether who comes through a unix socket is one too.
    """

    networks: tuple[Network, ...] = ()
    unix: bool = False

    @classmethod
    def parse(cls, written: Iterable[str]) -> Self:
        """Read `TRUSTED_PROXIES`.

        Args:
            written: Addresses and networks (`10.0.0.0/8`, `2001:db8::1`), or `unix`.

        Raises:
            ImproperlyConfigured: One is neither.
        """
        words = [word.strip() for word in written if word.strip()]
        try:
            networks = tuple(ipaddress.ip_network(word) for word in words if word != UNIX)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES takes addresses and networks such as 10.0.0.0/8, or {UNIX}: {error}."
            ) from error
        return cls(networks=networks, unix=UNIX in words)

    def __bool__(self) -> bool:
        return bool(self.networks) or self.unix

    def __str__(self) -> str:
        return ", ".join([*map(str, self.networks), *([UNIX] if self.unix else [])])

    def has(self, address: Address | None) -> bool:
        """Whether this is one of them; None is a peer without an address."""
        if address is None:
            return self.unix
        return any(address in network for network in self.networks)


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a request comes from.

    Attributes:
        address: The client's; None where nobody knows it.
        tls: Whether it came by TLS; None where no proxy said so.
    """

    address: str | None
    tls: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hop:
    """What one proxy says of who asked it; empty where it says nothing."""

    client: str
    proto: str


def behind_proxies(application: Application, *, trusted: TrustedProxies) -> Application:
    """Wrap an ASGI application so that its scopes name the client and its scheme, and not the proxy's.

    Args:
        application: Speaks HTTP, WebSocket or both.
        trusted: Whose word is taken.
    """
    disbelief = _Disbelief(trusted)

    async def told(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in {"http", "websocket"}:
            kept = [each for each in scope["headers"] if each[0].lower() not in _SAYS_SO]
            if len(kept) < len(scope["headers"]):
                disbelief.note(scope)
            # In place, though a wrapper would copy: a copy costs each idle socket 3 KB. Nobody stands outside of it
            # but the server program, whose log lines then name the client too.
            scope.update(_corrected(scope, trusted))
            scope["headers"] = kept
        await application(scope, receive, send)

    return told


class _Disbelief:
    """Counts and tells whose word is not taken: as a rule a proxy that nobody has named yet.

    Behind one that is not believed all people count as one address, and nothing else would say why. A stranger who
    pretends to be a proxy is told of alike, so there are a few lines an hour at most; by how many of all requests are
    counted the two are told apart.

    Args:
        trusted: Whose word is taken.
    """

    def __init__(self, trusted: TrustedProxies) -> None:
        self._trusted = trusted
        self._told_at: dict[tuple[bool, str], float] = {}  # by `time.monotonic()`; in the server's one loop

    def note(self, scope: Any) -> None:
        """Tell of a request that says where it comes from, if it is not believed."""
        peer = scope.get("client")
        address = _address(peer[0] if peer else None)
        if self._trusted.has(address):
            return
        DISBELIEVED.inc()
        name, now = UNIX if address is None else str(address), time.monotonic()
        # Far strangers can't take the places of proxies, which are near as a rule.
        is_near = address is None or address.is_private
        if now - self._told_at.get((is_near, name), -math.inf) < DISBELIEF_TOLD_EVERY_S:
            return
        self._told_at = {one: at for one, at in self._told_at.items() if now - at < DISBELIEF_TOLD_EVERY_S}
        if sum(near == is_near for near, _ in self._told_at) >= _DISBELIEVED_AT_ONCE:
            return
        self._told_at[is_near, name] = now
        said = next(each[0] for each in scope["headers"] if each[0].lower() in _SAYS_SO).decode("latin-1")
        logger.warning(
            "%s says by %s for whom it asks, and is not believed: all who come through it count as one. If it is your"
            " proxy, name it in TRUSTED_PROXIES (%s).",
            "A unix socket's peer" if address is None else name,
            said,
            name,
        )


def _corrected(scope: Any, trusted: TrustedProxies) -> dict[str, Any]:
    peer = scope.get("client")
    found = origin(peer[0] if peer else None, scope["headers"], trusted)
    scheme = scope.get("scheme", "http" if scope["type"] == "http" else "ws")
    if found.tls is not None:
        scheme = (_WITH_TLS if found.tls else _WITHOUT_TLS).get(scheme, scheme)
    port = peer[1] if peer and found.address == _text(peer[0]) else 0
    return {"client": None if found.address is None else (found.address, port), "scheme": scheme}


def origin(peer: str | None, headers: Iterable[tuple[bytes, bytes]], trusted: TrustedProxies) -> Origin:
    """Return where a request comes from.

    The way is walked back from the nearest proxy: each that is trusted is believed about who asked it, and the
    first that is not is the client. `Forwarded` (RFC 7239) and `X-Forwarded-*` are read alike. A proxy writes one
    of them and passes on what a client wrote into the other, so where they name different clients neither is
    believed, and the request counts as the proxy's own.

    Args:
        peer: The address that the connection comes from; None through a unix socket.
        headers: The request's, as ASGI has them.
        trusted: Whose word is taken.
    """
    if not trusted.has(_address(peer)):
        return Origin(address=_text(peer), tls=None)
    given = _Given(headers)
    ways = [way for way in (_by_standard(given), _by_custom(given)) if way]
    found = [_walked(peer, way, trusted) for way in ways]
    named = {
        each.address for each, way in zip(found, ways, strict=True) if way[-1].client
    }  # the others tell of TLS alone
    if len(named) > 1:
        return Origin(address=_text(peer), tls=None)
    address = named.pop() if named else _text(peer)
    return Origin(address=address, tls=next((each.tls for each in found if each.tls is not None), None))


class _Given:
    """A request's headers, as lists: one that is repeated goes on where it stopped (RFC 9110, section 5.3)."""

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self._lists: dict[str, list[str]] = {}
        for name, value in headers:
            if name.lower() in _SAYS_SO:
                text = value.decode("latin-1")
                self._lists.setdefault(name.decode("latin-1").lower(), []).append(text)

    def elements(self, name: str) -> list[str]:
        return [part.strip() for part in ",".join(self._lists.get(name, [])).split(",") if part.strip()]

    def whole(self, name: str) -> str:
        return ",".join(self._lists.get(name, []))


def _by_standard(given: _Given) -> list[_Hop]:
    hops = []
    for element in _elements(given.whole("forwarded")):
        said = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(element)}
        hops.append(_Hop(client=said.get("for", ""), proto=said.get("proto", "")))
    return hops


def _elements(value: str) -> Iterator[str]:
    """Yield the elements of a list whose quoted strings may hold commas."""
    element, quoted = "", False
    for letter in value:
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            yield element
            element = ""
        else:
            element += letter
    if element.strip():
        yield element


def _by_custom(given: _Given) -> list[_Hop]:
    clients, protos = given.elements("x-forwarded-for"), given.elements("x-forwarded-proto")
    if not clients:
        return [_Hop(client="", proto=protos[-1])] if protos else []
    if not protos:
        return [_Hop(client=client, proto="") for client in clients]
    # Some proxies add to the list of schemes, and some keep it at one: the nearest to a hop's own is taken.
    first = len(clients) - len(protos)
    return [_Hop(client=client, proto=protos[max(0, n - first)]) for n, client in enumerate(clients)]


def _walked(peer: str | None, way: list[_Hop], trusted: TrustedProxies) -> Origin:
    """Walk back from a trusted peer as far as proxies are trusted."""
    address, tls = _address(peer), None
    for hop in reversed(way):
        tls = _tls(hop.proto) if hop.proto else tls
        if hop.client:  # else it says nothing of who asked it
            address = _address(hop.client)
        if not hop.client or address is None or not trusted.has(address):
            break
    return Origin(address=None if address is None else str(address), tls=tls)


def _tls(proto: str) -> bool | None:
    return {"https": True, "wss": True, "http": False, "ws": False}.get(proto.lower())


def _address(written: str | None) -> Address | None:
    """Read an address as proxies write it: with a port or without, IPv6 in brackets or not."""
    return _read(written) if written and len(written) <= _MAX_ADDRESS_CHARS else None


@lru_cache(4096)  # a request asks three times for its own
def _read(host: str) -> Address | None:
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped  # a server that listens on both families sees IPv4 like this
    return address


def _text(peer: str | None) -> str | None:
    address = _address(peer)
    return None if address is None else str(address)
