import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loop.files import eccube

POINTS = 36
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_an_import_killed_anywhere_leaves_the_old_or_the_new_state_and_a_rerun_makes_it_whole(tmp_path):
    month = [{"注文番号": str(n), "受注日": f"2026-0{1 + n % 3}-05 10:00:00"} for n in range(60)]
    eccube(tmp_path / "first.csv", month)
    newer = [{**row, "対応状況(ID)": "3", "対応状況(名称)": "注文取消し"} for row in month[:20]]
    guest = {"会員ID": "", "TEL": "090-3333-4444", "メールアドレス": "taro@okaeri-mail.jp"}
    eccube(tmp_path / "second.csv", [*newer, *({"注文番号": f"n{n}", **guest} for n in range(40))])
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults.kill_points", str(tmp_path), str(POINTS), "20260101"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "okaeri.config.settings"},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    lives = [json.loads(row) for row in told.stdout.splitlines()]
    assert len(lives) == POINTS
    assert [life for life in lives if not (life["old_or_new"] and life["whole"])] == []
    assert sum(life["killed"] for life in lives) > POINTS / 2
