"""Run by the default environment's Python: says the label that the model gives each question (JSON lines).

predict.py MODEL ASKED SAID
"""

import asyncio
import json
import sys
from pathlib import Path

from rasa.core.agent import Agent

NONE_SURE = "nlu_fallback"


def label(parsed):
    """The best intent, were it ever so unsure, with its topic when it is a retrieval intent."""
    best = next(one["name"] for one in parsed["intent_ranking"] if one["name"] != NONE_SURE)
    selectors = parsed.get("response_selector") or {}
    if best in selectors.get("all_retrieval_intents", ()):
        chosen = selectors.get(best) or selectors["default"]
        return chosen["response"]["intent_response_key"]
    return best


async def main(model, texts, labels):
    agent = Agent.load(model)
    with Path(texts).open(encoding="utf-8") as asked, Path(labels).open("w", encoding="utf-8") as said:
        for line in asked:
            parsed = await agent.parse_message(json.loads(line)[0])
            said.write(json.dumps(label(parsed)) + "\n")


asyncio.run(main(*sys.argv[1:]))
