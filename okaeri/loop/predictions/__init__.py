"""Small tables from models: reduced rows go to ``okaeri.predict`` as arrays and come back as a table.

As with measures, a parameter's name is the table it wants; ``as_of`` and ``rules`` come by keyword.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from okaeri.loop.kept import RowByRow
from okaeri.loop.predictions.delivery_forecast import delivery_forecast
from okaeri.loop.predictions.emotion_curve import emotion_curve
from okaeri.loop.predictions.emotion_lift import emotion_lift
from okaeri.loop.predictions.emotion_ltv import emotion_ltv
from okaeri.loop.predictions.emotion_scale import emotion_scale
from okaeri.loop.predictions.emotion_summary import emotion_summary
from okaeri.loop.predictions.feeling_models import feeling_models
from okaeri.loop.predictions.fit_changes import fit_changes
from okaeri.loop.predictions.forecast_level import forecast_level
from okaeri.loop.predictions.friction_causes import friction_causes
from okaeri.loop.predictions.friction_facts import friction_facts
from okaeri.loop.predictions.friction_points import friction_points
from okaeri.loop.predictions.friction_repairs import friction_repairs
from okaeri.loop.predictions.leaving_fits import leaving_fits
from okaeri.loop.predictions.leaving_reasons import leaving_reasons
from okaeri.loop.predictions.model_fits import model_fits
from okaeri.loop.predictions.next_basket_weights import next_basket_weights
from okaeri.loop.predictions.order_forecast import order_forecast
from okaeri.loop.predictions.persona_centres import persona_centres
from okaeri.loop.predictions.presence_predictions import presence_predictions
from okaeri.loop.predictions.reorder_weights import reorder_weights
from okaeri.loop.predictions.report_card import report_card
from okaeri.loop.predictions.subscriber_predictions import subscriber_predictions
from okaeri.loop.predictions.text_feelings import engine_id, text_feelings
from okaeri.loop.predictions.topic_models import text_topics, topic_models, topics_id
from okaeri.loop.predictions.value_predictions import value_predictions

#: Every prediction by the name of its table.
PREDICTIONS: dict[str, Callable[..., pa.Table]] = {
    "model_fits": model_fits,
    "value_predictions": value_predictions,
    "report_card": report_card,
    "fit_changes": fit_changes,
    "forecast_level": forecast_level,
    "order_forecast": order_forecast,
    "delivery_forecast": delivery_forecast,
    "reorder_weights": reorder_weights,
    "next_basket_weights": next_basket_weights,
    "leaving_fits": leaving_fits,
    "leaving_reasons": leaving_reasons,
    "subscriber_predictions": subscriber_predictions,
    "presence_predictions": presence_predictions,
    "persona_centres": persona_centres,
    "feeling_models": feeling_models,
    "text_feelings": text_feelings,
    "topic_models": topic_models,
    "text_topics": text_topics,
    "emotion_scale": emotion_scale,
    "emotion_curve": emotion_curve,
    "emotion_summary": emotion_summary,
    "friction_points": friction_points,
    "friction_causes": friction_causes,
    "friction_facts": friction_facts,
    "friction_repairs": friction_repairs,
    "emotion_ltv": emotion_ltv,
    "emotion_lift": emotion_lift,
}

#: Predictions whose rows depend on one row of the first table they ask for: made batch by batch, and kept.
ROW_BY_ROW: dict[str, RowByRow] = {
    "text_feelings": RowByRow("text_key", engine_id),
    "text_topics": RowByRow("text_key", topics_id),
}
