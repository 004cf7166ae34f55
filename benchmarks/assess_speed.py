"""How long `assess` takes: p50 and p99 over patients' messages of all lengths, and over hostile ones (processor time).

python benchmarks/assess_speed.py        bars: p99 < 5 ms up to 1,600 characters; start < 2 s, < 200 MB
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from pathlib import Path

import yaml

SETS = Path(__file__).resolve().parent.parent / "tests"
ROUNDS = 3


def main() -> None:
    started = time.perf_counter()
    from bot.safety import assess

    assess("hello")
    print(
        f"start: {time.perf_counter() - started:.2f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB"
    )

    texts = _messages()
    long = [" ".join(texts[i : i + 40])[:1600] for i in range(0, len(texts) - 40, 20)]
    hostile = {
        "10 kB of one sign": "cant breathe " * 800,
        "10 kB denied": "no chest pain, " * 700,
        "5,000 combining marks": "c" + "\u0301" * 5000 + "ant breathe",
        "nested quotes": '"' * 5000 + "cant breathe" + '"' * 5000,
        "unknown words": " ".join(f"zq{i:x}breathx" for i in range(1000)),
        "ligatures": "\ufdfa" * 3000,
    }
    _report("messages", texts, assess)
    _report("1,600 characters", long, assess)
    for name, text in hostile.items():
        _report(name, [text], assess)


def _messages() -> list[str]:
    files = (SETS / "eval/redflags.yml", SETS / "safety/independent.yml")
    return [
        item["text"] for file in files for item in yaml.safe_load(file.read_text(encoding="utf-8"))["items"]
    ]


def _report(name: str, texts: list[str], assess: object) -> None:
    times = []
    for _ in range(ROUNDS):
        for text in texts:
            before = time.process_time()
            assess(text)  # type: ignore[operator]
            times.append((time.process_time() - before) * 1000)
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
    print(
        f"{name:24} n={len(texts):4}  p50 {cuts[49]:7.2f} ms  p99 {cuts[98]:7.2f} ms  max {max(times):7.2f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
