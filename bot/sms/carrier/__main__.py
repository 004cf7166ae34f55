"""`python -m bot.sms.carrier`: the fake carrier as a process of its own, for drills and load tests."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import uvicorn

from bot.sms.carrier.faults import CALM, DRILL
from bot.sms.carrier.network import Network
from bot.sms.carrier.server import Carrier


def main() -> None:
    """Serve until stopped."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--account", required=True)
    options.add_argument("--token", required=True)
    options.add_argument("--ours", default="+12025550100")
    options.add_argument("--inbound-url", required=True)
    options.add_argument("--faults", choices=("calm", "drill"), default="calm")
    options.add_argument("--list-lag", type=float, default=0.0)
    options.add_argument("--lost-callbacks", type=float, default=None, help="their share, if not the mix's")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--no-hooks", action="store_true", help="never call our hooks")
    given = options.parse_args()
    mix = replace(DRILL if given.faults == "drill" else CALM, list_lag_seconds=given.list_lag)
    if given.lost_callbacks is not None:
        mix = replace(mix, lost_callbacks=given.lost_callbacks)
    carrier = Carrier(
        Network(given.data), given.account, given.token,
        ours=given.ours, inbound_url=given.inbound_url, mix=mix, seed=given.seed,
        calls_hooks=not given.no_hooks,
    )  # fmt: skip
    uvicorn.run(
        carrier.app(), host="127.0.0.1", port=given.port, log_level="critical", access_log=False, ws="none"
    )


if __name__ == "__main__":
    main()
