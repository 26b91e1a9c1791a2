"""What every small fitted model is: its parameters, how sure they are, and plain JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """Parameters found by maximum likelihood, each above its least value, with their uncertainty.

    ``log_covariance`` is the covariance of log(parameter - least value), in the order of ``PARAMETERS``: the inverse
    Hessian of the log-likelihood. ``customers`` is the sum of the weights.
    """

    NAME: ClassVar[str]
    PARAMETERS: ClassVar[tuple[str, ...]]
    #: What each parameter must exceed.
    LEAST: ClassVar[tuple[float, ...]]

    log_covariance: tuple[tuple[float, ...], ...]
    log_likelihood: float
    customers: float

    @property
    def parameters(self) -> dict[str, float]:
        """Value of each parameter by its name."""
        return {name: getattr(self, name) for name in self.PARAMETERS}

    @property
    def standard_errors(self) -> dict[str, float]:
        """Standard error of each parameter, by the delta method."""
        spread = np.sqrt(np.diag(self.log_covariance)) * np.exp(self.log_parameters)
        return {name: float(error) for name, error in zip(self.PARAMETERS, spread, strict=True)}

    @property
    def log_parameters(self) -> Floats:
        """log(parameter - least value), shape (k,)."""
        return np.log(np.array(list(self.parameters.values())) - self.LEAST)

    def draws(self, count: int, chance: np.random.Generator) -> list[Self]:
        """``count`` models whose parameters could as well be the true ones, by the normal law of their logarithms."""
        logs = chance.multivariate_normal(self.log_parameters, self.log_covariance, size=count, method="eigh")
        return [replace(self, **self.named(row)) for row in logs]

    @classmethod
    def named(cls, logs: Floats) -> dict[str, Any]:
        """Parameters by name of their logarithms; inverse of :attr:`log_parameters`."""
        return {
            name: float(least + np.exp(log)) for name, least, log in zip(cls.PARAMETERS, cls.LEAST, logs, strict=True)
        }

    def to_json(self) -> dict[str, Any]:
        """Numbers, strings and lists only, with the model's name."""
        covariance = [list(row) for row in self.log_covariance]
        return {"model": self.NAME, **asdict(self), "log_covariance": covariance}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Inverse of :meth:`to_json`; ValueError where the numbers are another model's."""
        if saved["model"] != cls.NAME:
            raise ValueError(f"a model {saved['model']!r} is no {cls.NAME!r}")
        rest = {name: value for name, value in saved.items() if name != "model"}
        return cls(**rest | {"log_covariance": tuple(tuple(row) for row in saved["log_covariance"])})
