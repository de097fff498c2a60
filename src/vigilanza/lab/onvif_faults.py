"""What a simulated ONVIF camera can be made to do wrong."""

from dataclasses import dataclass


@dataclass(slots=True)
class OnvifFaults:
    """Switches of one camera; change them at any time from any thread.

    `clock_ahead`: seconds its clock is ahead. `never_off`: property events that would say "off" are not sent.
    `quiet_start`: how things stand is told only if it is asked (synchronization point). `one_subscriber`: a second
    subscription is refused while the first one lives. `deaf_after_reboot`: a forgotten subscription is answered as
    if it lived, and never gets a message. `announced_host`: the host it believes to have, in all addresses it gives
    (behind NAT). `slow`: seconds before each answer. `no_services`: GetServices is not known (old firmware).
    `no_media2`: Media2 is announced and then refused. `garbage`: answers something that is no SOAP. `silent`: takes
    requests and never answers. `http_digest`: who asks is proven by HTTP Digest, WS-Security counts for nothing.
    `announced_plain`: all addresses it gives are of HTTP, port 80, whatever it speaks. `sends_on_to`: every question is
    sent on to this scheme://host:port. `endless`: each answer goes on and on.
    """

    clock_ahead: float = 0.0
    never_off: bool = False
    quiet_start: bool = False
    one_subscriber: bool = False
    deaf_after_reboot: bool = False
    announced_host: str | None = None
    slow: float = 0.0
    no_services: bool = False
    no_media2: bool = False
    garbage: bool = False
    silent: bool = False
    http_digest: bool = False
    announced_plain: bool = False
    sends_on_to: str | None = None
    endless: bool = False
