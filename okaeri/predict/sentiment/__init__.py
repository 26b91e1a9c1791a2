"""What customers feel, read out of what they write: engines behind one interface.

Every engine gives a score from -1 to 1, a confidence from 0 to 1, the words that decided, and its own id.
"""

from collections.abc import Callable

from okaeri.predict.sentiment.aspects import Aspect, aspects, cues
from okaeri.predict.sentiment.choosing import Judged, choose, classes
from okaeri.predict.sentiment.feelings import Engine, Feelings
from okaeri.predict.sentiment.japanese import JapaneseLexicon
from okaeri.predict.sentiment.lexicon import Lexicon, language_of
from okaeri.predict.sentiment.nouns import nouns
from okaeri.predict.sentiment.plugins import Embedding, MLAsk
from okaeri.predict.sentiment.shop import ShopEngine, ShopModel
from okaeri.predict.sentiment.topics import Topic, topic_of, topics, topics_version

#: Engines that read without having learnt from labels, by name; each is made by calling it.
ENGINES: dict[str, Callable[[], Engine]] = {"lexicon": Lexicon, "mlask": MLAsk, "embed": Embedding}

__all__ = [
    "ENGINES", "Aspect", "Engine", "Feelings", "JapaneseLexicon", "Judged", "Lexicon", "ShopEngine", "ShopModel", "Topic",
    "aspects", "choose", "classes", "cues", "language_of", "nouns", "topic_of", "topics", "topics_version",
]  # fmt: skip
