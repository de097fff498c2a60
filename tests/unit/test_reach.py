"""How an address is written does not matter: what was checked is what is asked, in the words that are compared."""

from ipaddress import ip_network

import pytest
from yarl import URL

from tests.fakes import FakeClock
from vigilanza.app.reach import Reach
from vigilanza.domain.errors import OutOfReach

NETWORKS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize("written", ["FD00:0:0::1", "fd00::1", "::ffff:10.0.0.1", "10.0.0.1"])
def test_an_address_is_asked_as_addresses_are_written(written: str) -> None:
    [address] = Reach(NETWORKS, (), clock=FakeClock()).addresses([written], field="address")
    assert address == URL(f"http://[{written}]" if ":" in written else f"http://{written}").host


@pytest.mark.parametrize("written", ["FE80::1", "::ffff:192.168.0.1", "11.0.0.1", "::1"])
def test_one_outside_is_not_asked_however_it_is_written(written: str) -> None:
    with pytest.raises(OutOfReach):
        Reach(NETWORKS, (), clock=FakeClock()).addresses([written], field="address")
