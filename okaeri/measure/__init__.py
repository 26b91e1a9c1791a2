"""Tables in, tables out: one question, one file, one function, one table.

Each function takes Ibis tables, named as in :mod:`okaeri.schema`, and by keyword ``as_of`` (nothing dated at or after
it may influence the result) and ``rules`` where it needs them; it returns an Ibis table with exactly the columns its
schema declares. It opens no connection and reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from okaeri.measure.accessories import accessories
from okaeri.measure.also_bought import also_bought
from okaeri.measure.basket_lines import basket_lines
from okaeri.measure.basket_pairs import basket_pairs
from okaeri.measure.belt import belt
from okaeri.measure.belt_flow import belt_flow
from okaeri.measure.cart_abandonment import cart_abandonment
from okaeri.measure.cart_items import cart_items
from okaeri.measure.churn_risk import churn_risk
from okaeri.measure.churn_summary import churn_summary
from okaeri.measure.cluster_profiles import cluster_profiles
from okaeri.measure.clusters import clusters
from okaeri.measure.cohort_retention import cohort_retention
from okaeri.measure.cpm import cpm
from okaeri.measure.cpm_movement import cpm_movement
from okaeri.measure.cpm_summary import cpm_summary
from okaeri.measure.customer_habits import customer_habits
from okaeri.measure.customer_history import customer_history
from okaeri.measure.customer_status import customer_status
from okaeri.measure.customer_status_summary import customer_status_summary
from okaeri.measure.customer_value import customer_value
from okaeri.measure.customers_now import customers_now
from okaeri.measure.day_weights import day_weights
from okaeri.measure.decile import decile
from okaeri.measure.decile_summary import decile_summary
from okaeri.measure.deliveries import deliveries
from okaeri.measure.delivery_delays import delivery_delays
from okaeri.measure.distinct_texts import distinct_texts
from okaeri.measure.dormancy_check import dormancy_check
from okaeri.measure.earlier_classes import earlier_classes
from okaeri.measure.earlier_history import earlier_history
from okaeri.measure.emotion_orders import emotion_orders
from okaeri.measure.emotion_reach import emotion_reach
from okaeri.measure.emotion_signals import emotion_signals
from okaeri.measure.entry_products import entry_products
from okaeri.measure.existing_value import existing_value
from okaeri.measure.f_ladder import f_ladder
from okaeri.measure.feeling_aspects import feeling_aspects
from okaeri.measure.feeling_topics import feeling_topics
from okaeri.measure.feelings import feelings
from okaeri.measure.forecast import forecast
from okaeri.measure.forecast_total import forecast_total
from okaeri.measure.friction_texts import friction_texts
from okaeri.measure.kpi_effect import kpi_effect
from okaeri.measure.kpis import kpis
from okaeri.measure.lapses import lapses
from okaeri.measure.leaving_counts import leaving_counts
from okaeri.measure.leaving_curve import leaving_curve
from okaeri.measure.ltv_change import ltv_change
from okaeri.measure.ltv_curve import ltv_curve
from okaeri.measure.ltv_parts import ltv_parts
from okaeri.measure.newcomer_months import newcomer_months
from okaeri.measure.next_basket_choices import next_basket_choices
from okaeri.measure.next_feature import next_feature
from okaeri.measure.next_feature_counts import next_feature_counts
from okaeri.measure.next_order import next_order
from okaeri.measure.next_product import next_product
from okaeri.measure.next_product_counts import next_product_counts
from okaeri.measure.order_days import order_days
from okaeri.measure.order_outcomes import order_outcomes
from okaeri.measure.own_products import own_products
from okaeri.measure.past_lines import past_lines
from okaeri.measure.payback import payback
from okaeri.measure.persona_profiles import persona_profiles
from okaeri.measure.persona_traits import persona_traits
from okaeri.measure.personas import personas
from okaeri.measure.product_habits import product_habits
from okaeri.measure.product_links import product_links
from okaeri.measure.product_sales import product_sales
from okaeri.measure.product_subjects import product_subjects
from okaeri.measure.product_voice_months import product_voice_months
from okaeri.measure.product_voices import product_voices
from okaeri.measure.purchase_lines import purchase_lines
from okaeri.measure.purchase_summary import purchase_summary
from okaeri.measure.purchases import purchases
from okaeri.measure.rated_texts import rated_texts
from okaeri.measure.recent_texts import recent_texts
from okaeri.measure.recommendations import recommendations
from okaeri.measure.recommendations_summary import recommendations_summary
from okaeri.measure.reorder_chances import reorder_chances
from okaeri.measure.reorder_days import reorder_days
from okaeri.measure.reorder_hazard import reorder_hazard
from okaeri.measure.reorder_training import reorder_training
from okaeri.measure.repeat_interval import repeat_interval
from okaeri.measure.rfm import rfm
from okaeri.measure.rfm_bounds import rfm_bounds
from okaeri.measure.rfm_grid import rfm_grid
from okaeri.measure.rfm_movement import rfm_movement
from okaeri.measure.rhythm import rhythm
from okaeri.measure.rolling_outcomes import rolling_outcomes
from okaeri.measure.running_amounts import running_amounts
from okaeri.measure.running_subscriptions import running_subscriptions
from okaeri.measure.sales_change import sales_change
from okaeri.measure.sales_months import sales_months
from okaeri.measure.same_again import same_again
from okaeri.measure.satisfaction_trend import satisfaction_trend
from okaeri.measure.situations_now import situations_now
from okaeri.measure.social_signal import social_signal
from okaeri.measure.station_days import station_days
from okaeri.measure.station_entries import station_entries
from okaeri.measure.station_incidence import station_incidence
from okaeri.measure.step_pairs import step_pairs
from okaeri.measure.step_up import step_up
from okaeri.measure.step_up_summary import step_up_summary
from okaeri.measure.stock_at_home import stock_at_home
from okaeri.measure.subscriber_value import subscriber_value
from okaeri.measure.survey_gaps import survey_gaps
from okaeri.measure.survey_improvements import survey_improvements
from okaeri.measure.survey_pairs import survey_pairs
from okaeri.measure.use_up_time import use_up_time
from okaeri.measure.value_by_cohort import value_by_cohort
from okaeri.measure.value_by_source import value_by_source
from okaeri.measure.value_histories import value_histories
from okaeri.measure.value_total import value_total
from okaeri.measure.voice_topics import voice_topics
from okaeri.measure.word_of_mouth import word_of_mouth

#: Every measure by the name of its table. A parameter's name is the table it wants.
MEASURES: dict[str, Callable[..., ir.Table]] = {
    "purchases": purchases,
    "purchase_lines": purchase_lines,
    "customer_history": customer_history,
    "purchase_summary": purchase_summary,
    "ltv_curve": ltv_curve,
    "kpis": kpis,
    "payback": payback,
    "f_ladder": f_ladder,
    "ltv_parts": ltv_parts,
    "kpi_effect": kpi_effect,
    "sales_months": sales_months,
    "sales_change": sales_change,
    "ltv_change": ltv_change,
    "newcomer_months": newcomer_months,
    "cohort_retention": cohort_retention,
    "repeat_interval": repeat_interval,
    "entry_products": entry_products,
    "rhythm": rhythm,
    "lapses": lapses,
    "dormancy_check": dormancy_check,
    "customer_status": customer_status,
    "customer_status_summary": customer_status_summary,
    "earlier_history": earlier_history,
    "earlier_classes": earlier_classes,
    "rfm": rfm,
    "rfm_grid": rfm_grid,
    "rfm_bounds": rfm_bounds,
    "rfm_movement": rfm_movement,
    "decile": decile,
    "decile_summary": decile_summary,
    "cpm": cpm,
    "cpm_summary": cpm_summary,
    "cpm_movement": cpm_movement,
    "clusters": clusters,
    "cluster_profiles": cluster_profiles,
    "station_entries": station_entries,
    "station_days": station_days,
    "station_incidence": station_incidence,
    "belt": belt,
    "belt_flow": belt_flow,
    "basket_lines": basket_lines,
    "next_product_counts": next_product_counts,
    "day_weights": day_weights,
    "next_product": next_product,
    "next_feature_counts": next_feature_counts,
    "next_feature": next_feature,
    "basket_pairs": basket_pairs,
    "also_bought": also_bought,
    "accessories": accessories,
    "cart_items": cart_items,
    "cart_abandonment": cart_abandonment,
    "use_up_time": use_up_time,
    "stock_at_home": stock_at_home,
    "reorder_days": reorder_days,
    "reorder_hazard": reorder_hazard,
    "reorder_training": reorder_training,
    "reorder_chances": reorder_chances,
    "customers_now": customers_now,
    "deliveries": deliveries,
    "delivery_delays": delivery_delays,
    "order_outcomes": order_outcomes,
    "situations_now": situations_now,
    "running_subscriptions": running_subscriptions,
    "subscriber_value": subscriber_value,
    "churn_risk": churn_risk,
    "churn_summary": churn_summary,
    "next_order": next_order,
    "running_amounts": running_amounts,
    "forecast": forecast,
    "forecast_total": forecast_total,
    "persona_traits": persona_traits,
    "personas": personas,
    "persona_profiles": persona_profiles,
    "step_pairs": step_pairs,
    "step_up": step_up,
    "step_up_summary": step_up_summary,
    "leaving_counts": leaving_counts,
    "leaving_curve": leaving_curve,
    "order_days": order_days,
    "value_histories": value_histories,
    "rolling_outcomes": rolling_outcomes,
    "same_again": same_again,
    "customer_value": customer_value,
    "value_total": value_total,
    "existing_value": existing_value,
    "value_by_cohort": value_by_cohort,
    "value_by_source": value_by_source,
    "past_lines": past_lines,
    "own_products": own_products,
    "customer_habits": customer_habits,
    "product_habits": product_habits,
    "product_links": product_links,
    "next_basket_choices": next_basket_choices,
    "recommendations": recommendations,
    "recommendations_summary": recommendations_summary,
    "distinct_texts": distinct_texts,
    "rated_texts": rated_texts,
    "feelings": feelings,
    "feeling_aspects": feeling_aspects,
    "recent_texts": recent_texts,
    "feeling_topics": feeling_topics,
    "voice_topics": voice_topics,
    "emotion_signals": emotion_signals,
    "emotion_orders": emotion_orders,
    "emotion_reach": emotion_reach,
    "friction_texts": friction_texts,
    "social_signal": social_signal,
    "word_of_mouth": word_of_mouth,
    "survey_pairs": survey_pairs,
    "survey_gaps": survey_gaps,
    "survey_improvements": survey_improvements,
    "satisfaction_trend": satisfaction_trend,
    "product_sales": product_sales,
    "product_voices": product_voices,
    "product_voice_months": product_voice_months,
    "product_subjects": product_subjects,
}
