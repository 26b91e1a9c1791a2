import pytest

from tests.faults.lives import lives_of
from tests.loop.files import eccube

POINTS = 36


def two_files(folder):
    """A file of orders, and one that changes some of them and brings others, of guests."""
    month = [{"注文番号": str(n), "受注日": f"2026-0{1 + n % 3}-05 10:00:00"} for n in range(60)]
    eccube(folder / "first.csv", month)
    newer = [{**row, "対応状況(ID)": "3", "対応状況(名称)": "注文取消し"} for row in month[:20]]
    guest = {"会員ID": "", "TEL": "090-3333-4444", "メールアドレス": "taro@okaeri-mail.jp"}
    eccube(folder / "second.csv", [*newer, *({"注文番号": f"n{n}", **guest} for n in range(40))])


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_an_import_killed_anywhere_leaves_the_old_or_the_new_state_and_a_rerun_makes_it_whole(tmp_path):
    two_files(tmp_path)
    lives = lives_of("tests.faults.kill_points", tmp_path, POINTS, 20260101)
    assert [life for life in lives if not (life["old_or_new"] and life["whole"])] == []
    assert sum(life["killed"] for life in lives) > POINTS / 2


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_undo_killed_anywhere_leaves_what_was_or_what_is_to_be_and_undoing_again_makes_it_whole(tmp_path):
    """Undone again it is as if it had never died, and written down once."""
    two_files(tmp_path)
    lives = lives_of("tests.faults.undoing_points", tmp_path, 12, 20260404)
    assert [life for life in lives if not (life["old_or_new"] and life["whole"] and life["once"])] == []
    assert sum(life["killed"] for life in lives) >= 8
