from datetime import date

import pytest

from okaeri.schema.errors import DataRejected
from okaeri.schema.rules import repair_of
from okaeri.schema.settings import Settings, read_settings


def written(tmp_path, text):
    path = tmp_path / "okaeri.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_left_out_keeps_its_default(tmp_path):
    assert read_settings(written(tmp_path, "")) == Settings()


def test_what_is_written_is_read(tmp_path):
    settings = read_settings(written(tmp_path, '[shop]\nname="花"\n[rules]\nhorizons=[7, 30]\ndefault_margin=1\n'))
    assert settings.shop.name == "花"
    assert settings.rules.horizons == (7, 30)
    assert settings.rules.default_margin == 1.0


def test_repairs_are_a_day_and_a_step(tmp_path):
    settings = read_settings(written(tmp_path, '[rules]\nrepairs=["2026-03-01 delivery", "2025-01-15 scent"]\n'))
    assert [repair_of(one) for one in settings.rules.repairs] == [
        (date(2026, 3, 1), "delivery"), (date(2025, 1, 15), "scent"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[shop]\nnaem="x"', "shop.naem"),
        ('[shop]\ntimezone="Tokyo"', "shop.timezone"),
        ('[rules]\nfan_orders="five"', "rules.fan_orders"),
        ("[rules]\nhorizons=[90, 30]", "rules.horizons"),
        ("[imports]\nmax_rejected_share=2", "imports.max_rejected_share"),
        ('[rules]\nrepairs=["2026-03-01 delivery", "2026-02-30 delivery"]', "rules.repairs"),
        ('[rules]\nrepairs=["2026-03-01 parcels"]', "rules.repairs"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, key):
    with pytest.raises(DataRejected) as refused:
        read_settings(written(tmp_path, text))
    assert key in [problem.column for problem in refused.value.problems]


def test_broken_toml_is_refused_with_its_line(tmp_path):
    with pytest.raises(DataRejected, match="line 2"):
        read_settings(written(tmp_path, "[shop]\nname=="))
