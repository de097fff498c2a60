"""Which topics a subscriber wants: the two dialects of ONVIF core 9.5 (Concrete, and ConcreteSet with | and //.)."""

from dataclasses import dataclass

from vigilanza.bridge.onvif_device.soap import NAMESPACES, Element, Fault, Request
from vigilanza.bridge.onvif_device.topicset import OFFERED

CONCRETE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
CONCRETE_SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
EXPRESSION_MAX = 4096


@dataclass(frozen=True, slots=True)
class TopicFilter:
    """A set of topics; None takes all."""

    topics: frozenset[str] | None = None

    def takes(self, topic: str) -> bool:
        """Whether a message with this topic is wanted."""
        return self.topics is None or topic in self.topics


def read_filter(request: Request) -> TopicFilter:
    """The filter of CreatePullPointSubscription. Fault if it is of a kind that we do not know, or names no topic.

    Several expressions are wanted together (WS-BaseNotification 4.2): only what all of them take.
    """
    found = request.body.find("{*}Filter")
    if found is None or not len(found):
        return TopicFilter()
    chosen: frozenset[str] | None = None
    for part in found:
        if not isinstance(part.tag, str) or part.tag != f"{{{NAMESPACES['wsnt']}}}TopicExpression":
            raise Fault("wsnt:InvalidFilterFault", "only topic expressions can be filtered by")
        wanted = _read(part)
        chosen = wanted if chosen is None else chosen & wanted
    return TopicFilter(chosen)


def _read(part: Element) -> frozenset[str]:
    dialect, text = part.get("Dialect", CONCRETE), str(part.text or "").strip()
    if len(text) > EXPRESSION_MAX:
        raise Fault("wsnt:InvalidTopicExpressionFault", "too long")
    if dialect == CONCRETE:
        expressions = [text]
        if "|" in text or text.endswith("//."):
            raise Fault("wsnt:InvalidTopicExpressionFault", "| and //. are of the dialect ConcreteSet")
    elif dialect == CONCRETE_SET:
        expressions = [one.strip() for one in text.split("|")]
    else:
        raise Fault("wsnt:TopicExpressionDialectUnknownFault", "unknown dialect")
    return frozenset(topic for one in expressions for topic in _match(one, part.nsmap))


def _match(expression: str, prefixes: dict[str | None, str]) -> list[str]:
    """The topics of ours that one path names; Fault if it names none."""
    with_below = expression.endswith("//.")
    path = expression.removesuffix("//.")
    steps = [_step(step, prefixes) for step in path.split("/")]
    found = [topic for topic in OFFERED if _is_at(_steps(topic), steps, with_below)]
    if not found:
        raise Fault("wsnt:TopicNotSupportedFault", "there is no such topic")
    return found


def _is_at(topic: list[tuple[str, str]], steps: list[tuple[str, str]], with_below: bool) -> bool:
    return topic[: len(steps)] == steps if with_below else topic == steps


def _steps(topic: str) -> list[tuple[str, str]]:
    return [_step(step, NAMESPACES) for step in topic.split("/")]


def _step(step: str, prefixes: dict[str, str] | dict[str | None, str]) -> tuple[str, str]:
    """Namespace and name; the prefix is the one that the asker declared."""
    prefix, colon, name = step.rpartition(":")
    if not name or not name.replace("_", "").replace("-", "").replace(".", "").isalnum():
        raise Fault("wsnt:InvalidTopicExpressionFault", "no topic expression")
    if not colon:
        return "", name
    if prefix not in prefixes:
        raise Fault("wsnt:InvalidTopicExpressionFault", "a prefix that is not declared")
    return prefixes[prefix], name
