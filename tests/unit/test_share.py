import pytest

from vigilanza.app.share import Share
from vigilanza.domain.errors import ConfigError


@pytest.mark.parametrize(("cameras", "expected"), [(1, 1), (16, 1), (17, 2), (33, 3), (100, 7)])
def test_there_are_as_few_shares_as_will_do(cameras: int, expected: int) -> None:
    shares = Share.all_of(cameras, at_most=16)
    assert [share.index for share in shares] == list(range(1, expected + 1))
    names = list(range(cameras))
    parts = [share.of(names) for share in shares]
    assert sorted(name for part in parts for name in part) == names
    assert max(map(len, parts)) <= 16
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_neighbours_are_watched_by_different_processes() -> None:
    assert Share(1, 2).of("abcde") == ["a", "c", "e"]


def test_a_share_can_be_written_and_read() -> None:
    assert Share.parse(str(Share(2, 4))) == Share(2, 4)


@pytest.mark.parametrize("text", ["", "2", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "a/b"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="--share"):
        Share.parse(text)


def test_the_files_of_several_shares_differ_and_those_of_an_only_one_keep_their_name() -> None:
    assert Share().suffix == ""
    assert len({share.suffix for share in Share.all_of(40, at_most=10)}) == 4
