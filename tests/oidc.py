"""A page that believes a stand-in provider, and who can sign in there."""

from vigilanza.clock import Clock
from vigilanza.domain.identity import Identity, ProviderTerms
from vigilanza.domain.role import Role
from vigilanza.lab.identity_provider import Person
from vigilanza.web.provider import Attempt, OidcProvider

CLIENT, SECRET = "vigilanza", "a secret of forty characters, or so I hope"
GROUPS = {"vgz-operators": Role.OPERATOR, "vgz-supervisors": Role.SUPERVISOR, "vgz-dpo": Role.DPO}
MARIA = Person("u-1", "maria.rossi", ("vgz-operators", "all-staff"))
LUCA = Person("u-2", "luca", ("all-staff",))


class LateProvider:
    """The real one; where browsers come back to is known once the page is served."""

    label = "Comune"

    def __init__(self, issuer: str, clock: Clock) -> None:
        self.issuer, self._clock = issuer, clock
        self.page = ""

    def _real(self) -> OidcProvider:
        terms = ProviderTerms(
            issuer=self.issuer,
            client_id=CLIENT,
            client_secret=SECRET,
            redirect_url=f"{self.page}/api/oidc/callback",
            label=self.label,
            name_claim="preferred_username",
            roles_claim="groups",
            roles=GROUPS,
        )
        return OidcProvider(terms, clock=self._clock)

    def ask(self, attempt: Attempt) -> str:
        return self._real().ask(attempt)

    def answer(self, attempt: Attempt, code: str) -> Identity:
        return self._real().answer(attempt, code)
