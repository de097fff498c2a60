"""HTTP Digest beside the library's WS-Security: ONVIF core 5.9 wants both of a device, and many take only this one."""

from typing import Any

from aiohttp import ClientSession, DigestAuthMiddleware, TCPConnector

from onvif import ONVIFCamera


class SignedCamera(ONVIFCamera):  # type: ignore[misc] # the library is not typed
    """The library's camera, whose questions are asked again with a Digest where the camera wants one.

    All services share one session; how long an answer may take is still each service's own affair.
    """

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        super().__init__(host, port, user, password, no_cache=True, adjust_time=True)
        digest = (DigestAuthMiddleware(user, password),) if user else ()
        # Some cameras asked by HTTP send us on to HTTPS with a certificate of their own making: no worse than HTTP.
        self._talking = ClientSession(connector=TCPConnector(ssl=False), middlewares=digest)

    async def create_onvif_service(self, *arguments: Any, **options: Any) -> Any:
        """See the library."""
        service = await super().create_onvif_service(*arguments, **options)
        service.transport.session = self._talking
        return service

    async def close(self) -> None:
        """See the library."""
        await super().close()
        await self._talking.close()
