"""CPU seconds and memory of customer lifetime value: okaeri, lifetimes and pymc-marketing on the same customers.

    python benchmarks/clv.py [--data cdnow_sample.parquet] [--customers 1000000 10000000] [--json] [--out FILE]

``--data`` is a transaction file (customer_id, date, amount) as of CDNOW, reduced to days and known up to ``--until``.
``--customers`` are made up by BG/NBD and gamma-gamma, observed for up to 104 weeks, on the grid of weeks; the peers stop
at ``--peers-up-to``, as pymc-marketing takes more memory than most machines have for ten million. Each runs in a process
of its own, okaeri in one thread, and starts from the same Parquet file with one row per customer: x, t_x, T (weeks) and
m, the mean value of repeat orders. Every step tells its CPU seconds:

    load         the file's columns, as the package wants them; okaeri groups customers with the same history meanwhile
    fit          BG/NBD by maximum likelihood; by maximum a posteriori with its default priors in pymc-marketing
    expected     E[Y(52)] of every customer (okaeri: of every distinct history, as all its predictions)
    p_alive      P(alive), likewise
    spend        gamma-gamma on repeat orders
    clv          value of the next 12 months, discounted by 1% a month, of every customer as a table

``ratio`` is a peer's fit over okaeri's load and fit; ``whole`` the sum of okaeri's steps. ``log_likelihood`` is what a
package says of its BG/NBD, ``log_likelihood_by_okaeri`` that of its parameters by okaeri's formula. With ``--data``, 1,000 bootstrap
replicates of parameters and value are timed too. Run it with the virtual environment of ``make peers``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import okaeri  # noqa: F401  (pins the threads of NumPy before it works)
from benchmarks.clv_peers import WEEKS, Clock, Told, by_lifetimes, by_pymc
from benchmarks.measure import alone, machine

TRUTH = {"r": 0.5, "alpha": 8.0, "a": 0.7, "b": 2.5}
SPEND = {"p": 6.0, "q": 4.0, "v": 15.0}
MONTH = 52 / 12
REPLICATES = 1000
#: A history as one whole number, by which a million customers are joined in half the time of three columns: days of
#: both ages, both below 65,536, and the orders.
KEY = "(((round(c.T * 7)::BIGINT << 16) + round(c.t_x * 7)::BIGINT) << 16) + c.x::BIGINT"
STEPS = ("load", "fit", "expected", "p_alive", "spend", "clv")


def main() -> None:
    arguments = _arguments()
    told: Told = {"machine": machine(), "shops": []}
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.data:
            path = Path(scratch) / "data.parquet"
            alone(reduce_file, arguments.data, path, arguments.until)
            told["shops"].append(compared(path, arguments.data.stem, peers=True))
            told["shops"][-1]["bootstrap"] = alone(resampled, arguments.data, arguments.until)
        for customers in arguments.customers:
            path = Path(scratch) / f"{customers}.parquet"
            alone(simulate, path, customers)
            told["shops"].append(compared(path, f"{customers:,} simulated", customers <= arguments.peers_up_to))
    text = json.dumps(told, indent=1) + "\n"
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text if arguments.json else shown(told))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="Parquet file of transactions: customer_id, date, amount")
    parser.add_argument("--until", type=date.fromisoformat, default=date(1997, 9, 30), help="last day known of --data")
    parser.add_argument("--customers", type=int, nargs="*", default=[1_000_000], help="customers to make up")
    parser.add_argument("--peers-up-to", type=int, default=1_000_000, help="no peers above so many customers")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="also write the JSON to this file")
    return parser.parse_args()


def compared(path: Path, name: str, peers: bool) -> Told:
    """All packages on one file."""
    found = {"okaeri": alone(by_okaeri, path)}
    if peers:
        found |= {"lifetimes": alone(by_lifetimes, path), "pymc-marketing": alone(by_pymc, path)}
    for package, value in alone(likelihoods, path, {name: told["parameters"] for name, told in found.items()}).items():
        if package in found:
            found[package]["log_likelihood_by_okaeri"] = value
    mine = found["okaeri"]["steps"]
    own = mine["load"]["cpu"] + mine["fit"]["cpu"]
    return {
        "shop": name, "customers": found["okaeri"]["customers"], "packages": found,
        "whole": round(sum(mine[step]["cpu"] for step in STEPS), 3), "whole_peak_mb": found["okaeri"]["peak_mb"],
        "ratio": {peer: round(told["steps"]["fit"]["cpu"] / own, 1) for peer, told in found.items() if peer != "okaeri"},
        "ratio_of_fits": {
            peer: round(told["steps"]["fit"]["cpu"] / mine["fit"]["cpu"], 1)
            for peer, told in found.items() if peer != "okaeri"
        },
    }  # fmt: skip


def likelihoods(path: Path, parameters: dict[str, dict[str, float]]) -> Told:
    """Log-likelihood of BG/NBD at each package's parameters, as told, all by okaeri's formula: who came nearest."""
    import duckdb
    import numpy as np

    from okaeri.predict.purchases import Histories
    from okaeri.predict.purchases.beta_geometric import log_likelihood

    rows = duckdb.execute(f"SELECT x, t_x, T, count(*) AS n FROM '{path}' GROUP BY ALL").fetchnumpy()
    histories = Histories.of(rows["x"], rows["t_x"], rows["T"], rows["n"])
    logs = {name: np.log([found[key] for key in TRUTH]) for name, found in parameters.items()}
    return {name: round(log_likelihood(at, histories, modified=False, k=1)[0], 2) for name, at in logs.items()}


def reduce_file(source: Path, path: Path, until: date) -> Told:
    """Transactions to one row per customer; a customer's orders of one day are one."""
    import duckdb

    duckdb.execute(
        f"""COPY (
            WITH days AS (SELECT customer_id, date::DATE AS day, sum(amount)::DOUBLE AS paid FROM '{source}'
                          WHERE date::DATE <= '{until}' GROUP BY ALL),
                 told AS (SELECT *, min(day) OVER (PARTITION BY customer_id) AS first FROM days)
            SELECT row_number() OVER (ORDER BY customer_id) AS customer, count(*)::DOUBLE - 1 AS x,
                   (max(day) - min(day)) / 7.0::DOUBLE AS t_x, ('{until}'::DATE - min(day)) / 7.0::DOUBLE AS T,
                   coalesce(avg(paid) FILTER (day > first), 0)::DOUBLE AS m
            FROM told GROUP BY customer_id ORDER BY customer_id
        ) TO '{path}' (FORMAT parquet)"""
    )
    return {}


def simulate(path: Path, customers: int) -> Told:
    """Customers by BG/NBD and gamma-gamma, written a million at a time; weeks are counted up, as shops count them."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    chance = np.random.default_rng(customers)
    writer: pq.ParquetWriter | None = None
    for begin in range(0, customers, 1_000_000):
        columns = _made_up(chance, min(1_000_000, customers - begin))
        rows = pa.table({"customer": np.arange(begin, begin + len(columns["x"])), **columns})
        writer = writer or pq.ParquetWriter(path, rows.schema)
        writer.write_table(rows)
    if writer:
        writer.close()
    return {}


def _made_up(chance: Any, count: int) -> dict[str, Any]:
    import numpy as np

    age = chance.integers(1, 105, count).astype(float)
    rate, leave = chance.gamma(TRUTH["r"], 1 / TRUTH["alpha"], count), chance.beta(TRUTH["a"], TRUTH["b"], count)
    x, last, there = np.zeros(count), np.zeros(count), np.arange(count)
    while len(there):
        time_to = last[there] + chance.exponential(1 / np.maximum(rate[there], 1e-12))
        seen = time_to <= age[there]
        there = there[seen]
        x[there] += 1
        last[there] = time_to[seen]
        there = there[chance.random(len(there)) >= leave[there]]
    nu = chance.gamma(SPEND["q"], 1 / SPEND["v"], count)
    mean = chance.gamma(np.maximum(SPEND["p"] * x, 1e-9)) / np.maximum(x, 1) / nu
    # orders of one week are one, as orders of one day are: no more repeats than weeks
    weeks = np.minimum(np.ceil(last), age)
    repeats = np.minimum(x, weeks)
    whole = {"x": repeats, "t_x": weeks, "T": age}
    return {
        **{name: column.astype(np.int32) for name, column in whole.items()},
        "m": np.where(repeats > 0, np.round(mean, 2), 0.0),
    }


def by_okaeri(path: Path) -> Told:
    import duckdb
    import numpy as np

    from okaeri.predict.purchases import Histories, fit_beta_geometric
    from okaeri.predict.spend import bin_value
    from okaeri.predict.spend import fit as fit_spend

    clock, connection = Clock(), duckdb.connect()
    connection.execute("SET threads = 1; SET preserve_insertion_order = false")
    with clock.step("load"):
        rows = connection.execute(
            f"SELECT x, t_x, T, {KEY} AS key, n FROM (SELECT x, t_x, T, count(*) AS n FROM '{path}' GROUP BY ALL) AS c"
        ).fetchnumpy()
        keys = rows["key"]
        histories = Histories.of(rows["x"], rows["t_x"], rows["T"], rows["n"])
    with clock.step("fit"):
        model = fit_beta_geometric(histories, modified=False)
    with clock.step("expected"):
        expected = model.expected_orders(histories, WEEKS)
    with clock.step("p_alive"):
        alive = model.p_alive(histories)
    with clock.step("spend"):
        spent = connection.execute(
            "SELECT x, floor(ln(x * m) / ln(1.001::DOUBLE) + 0.5)::INTEGER AS bin, count(*) AS n "
            f"FROM '{path}' WHERE x > 0 AND m > 0 GROUP BY ALL"
        ).fetchnumpy()
        spend = fit_spend(spent["x"], bin_value(spent["bin"]), spent["n"])
    with clock.step("clv"):
        orders, before = np.zeros(len(histories)), np.zeros(len(histories))
        for month, until in enumerate(model.orders_until(histories, MONTH * np.arange(1, 13)), start=1):
            orders += (until - before) / 1.01**month
            before = until
        told = {"key": keys, "orders": orders, "expected": expected, "p_alive": alive}
        connection.register("told", told)
        valued = connection.execute(
            f"""SELECT customer, expected, p_alive, orders * {spend.p!r}::DOUBLE * ({spend.v!r}::DOUBLE + c.x * m)
                       / ({spend.p!r}::DOUBLE * c.x + {spend.q!r}::DOUBLE - 1) AS value
                FROM '{path}' AS c JOIN told ON {KEY} = key"""
        ).to_arrow_table()
    told_clock = clock.told(int(histories.customers), {**model.parameters, **spend.parameters})
    total = connection.execute("SELECT sum(value), sum(expected) FROM valued").fetchone()
    assert total is not None
    assert len(valued) == int(histories.customers)
    return {**told_clock, "log_likelihood": round(model.log_likelihood, 2), "rows": len(histories),
            "total_value": round(total[0]), "total_expected": round(total[1], 1)}  # fmt: skip


def resampled(source: Path, until: date) -> Told:
    """CPU seconds of a thousand bootstrap replicates of parameters and value, drawing and all."""
    import duckdb
    import numpy as np

    from okaeri.predict.bootstrap import bootstrap
    from okaeri.predict.purchases import Histories, fit_beta_geometric
    from okaeri.predict.spend import fit as fit_spend

    rows = duckdb.execute(
        f"""WITH days AS (SELECT customer_id, date::DATE AS day, sum(amount)::DOUBLE AS paid FROM '{source}'
                          WHERE date::DATE <= '{until}' GROUP BY ALL)
            SELECT x, t_x, T, z, count(*)::DOUBLE AS n FROM (
                SELECT count(*)::DOUBLE - 1 AS x, (max(day) - min(day))::DOUBLE AS t_x,
                       ('{until}'::DATE - min(day))::DOUBLE AS T, sum(paid) AS z
                FROM days GROUP BY customer_id) GROUP BY ALL ORDER BY ALL"""
    ).fetchnumpy()
    distinct, place = np.unique(np.stack([rows["x"], rows["t_x"], rows["T"]]), axis=1, return_inverse=True)
    place = place.reshape(-1)
    histories = Histories.of(distinct[0], distinct[1] / 7, distinct[2] / 7, np.bincount(place, rows["n"]))
    model, orders = fit_beta_geometric(histories, modified=False), rows["x"] + 1
    spend = fit_spend(orders, rows["z"], rows["n"])
    begun = time.process_time()
    found = bootstrap(
        model, spend, histories, place, orders, rows["z"], rows["n"], weeks=WEEKS, yearly=0.12, count=REPLICATES,
        chance=np.random.default_rng(1),
    )  # fmt: skip
    used = time.process_time() - begun
    scatter = dict(zip(model.PARAMETERS, found.purchases.std(axis=0).round(4).tolist(), strict=True))
    return {
        "replicates": REPLICATES, "cpu": round(used, 2), "standard_errors": scatter,
        "by_hessian": {name: round(error, 4) for name, error in model.standard_errors.items()},
        "value": round(float(found.value.mean())), "value_se": round(float(found.value.std())),
    }  # fmt: skip


def shown(told: Told) -> str:
    """The figures as a table."""
    lines: list[str] = []
    for shop in told["shops"]:
        lines.append(f"{shop['shop']}: {shop['customers']:,} customers; CPU seconds, peak MB")
        lines.append(" " * 16 + "".join(f"{step:>10}" for step in (*STEPS, "peak")))
        for name, found in shop["packages"].items():
            cells = [found["steps"][step]["cpu"] for step in STEPS]
            lines.append(f"{name:<16}" + "".join(f"{cell:>10.3f}" for cell in cells) + f"{found['peak_mb']:>10,}")
        for name, found in shop["packages"].items():
            told_parameters = " ".join(f"{key} {value:.4f}" for key, value in found["parameters"].items())
            lines.append(f"{name:<16}{told_parameters}; log-likelihood {found['log_likelihood_by_okaeri']:,.2f}")
        lines.append(f"peers' fit / okaeri's load and fit: {shop['ratio']}; fits alone: {shop['ratio_of_fits']}")
        lines.append(f"okaeri in all: {shop['whole']} CPU seconds, {shop['whole_peak_mb']} MB")
        if "bootstrap" in shop:
            lines.append(f"{REPLICATES:,} bootstrap replicates: {shop['bootstrap']['cpu']} CPU seconds")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
