"""Learns the encoder's corrections (adapter.py) from data/nlu and data/warnings.yml; about 20 minutes on one core.

    uv run --with torch python -m bot.nlu.adapt

Run it after the data have changed much: `bot train` then learns topics on top of it. Two questions are learnt at
once, each by a linear layer that is thrown away afterwards: which topic is it, and which warning sign if any. Only
the low-rank corrections learn; the published weights stay. The same data and the same torch give the same file.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import bot.dialogue  # noqa: F401  isort:skip

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from bot.evaluation.nlu import read_examples
from bot.nlu.adapter import ADAPTER, SCALE
from bot.nlu.encoder import verify, weights_folder
from bot.nlu.encoder_graph import EPSILON, HEADS, LAYERS, WIDTH
from bot.nlu.spelling import Speller
from bot.nlu.warning_net import load_phrases
from bot.safety import Context, assess
from bot.settings import ROOT

RANK = 16
EPOCHS = 4
BATCH = 64
STEP, STEP_OF_HEADS = 8e-4, 2e-3
WARM_UP = 0.06  # share of all steps
DROPOUT = 0.1
SMOOTHING = 0.1
SHARPNESS = 20.0  # of the cosine to a label's direction
WARNINGS_WEIGHT = 1.0  # of the question which sign, beside the question which topic
MAX_TOKENS = 64
NOTHING = "none"  # the sign of a message that is no warning
UNASKED = -100  # what cross-entropy leaves out


@dataclass(frozen=True)
class Row:
    """A message as the classifier reads it; `topic` and `sign` are columns, or UNASKED."""

    text: str
    topic: int
    sign: int


def read_rows() -> tuple[list[Row], int, int]:
    """Return what is learnt from, and how many topics and signs there are."""
    examples, phrases = read_examples(ROOT / "data" / "nlu"), load_phrases()
    spell = Speller.from_texts(examples.texts).normalise
    topics = {label: n for n, label in enumerate(sorted(set(examples.labels)))}
    signs = {sign: n for n, sign in enumerate([NOTHING, *sorted(set(phrases.signs))])}
    rows = [
        # A question that the rules take for a warning may be one: it says nothing of signs.
        Row(spell(text), topics[label], UNASKED if assess(text, Context()).is_alert else signs[NOTHING])
        for text, label in zip(examples.texts, examples.labels, strict=True)
    ]
    rows += [Row(spell(t), UNASKED, signs[s]) for t, s in zip(phrases.warnings, phrases.signs, strict=True)]
    rows += [Row(spell(text), UNASKED, signs[NOTHING]) for text in phrases.harmless]
    return rows, len(topics), len(signs)


class Corrected(nn.Module):
    """A linear layer of the published model with its low-rank correction."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor) -> None:
        super().__init__()
        self.weight, self.bias = weight, bias
        self.inward = nn.Parameter(torch.randn(RANK, weight.shape[1]) * 0.02)
        self.outward = nn.Parameter(torch.zeros(weight.shape[0], RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return `x` through the corrected layer."""
        low = functional.linear(functional.linear(x, self.inward), self.outward)
        return functional.linear(x, self.weight, self.bias) + SCALE * low


class Model(nn.Module):
    """all-MiniLM-L6-v2 as in encoder_graph.py, for learning."""

    def __init__(self, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self._weights = weights
        names = [name.removesuffix(".weight") for name in weights if name.endswith("weight")]
        dense = [n for n in names if n.startswith("encoder") and not n.endswith("LayerNorm")]
        self.corrected = nn.ModuleDict(
            {n.replace(".", "/"): Corrected(weights[f"{n}.weight"], weights[f"{n}.bias"]) for n in dense}
        )

    def corrections(self) -> dict[str, torch.Tensor]:
        """Return what was learnt, in half precision, as adapter.py reads it."""
        parts = ((name.replace("/", "."), layer) for name, layer in self.corrected.items())
        return {
            f"{name}.{part}": value.detach().half().contiguous()
            for name, layer in parts
            for part, value in (("A", layer.inward), ("B", layer.outward))
        }

    def _dense(self, x: torch.Tensor, name: str) -> torch.Tensor:
        found: torch.Tensor = self.corrected[name.replace(".", "/")](x)
        return found

    def _norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        scale, shift = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return functional.layer_norm(x, (WIDTH,), scale, shift, EPSILON)

    def _drop(self, x: torch.Tensor) -> torch.Tensor:
        return functional.dropout(x, DROPOUT, self.training)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return unit vectors (batch, 384) for token ids and mask (batch, tokens)."""
        weights, tokens = self._weights, ids.shape[1]
        x = weights["embeddings.word_embeddings.weight"][ids]
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
        x = x + weights["embeddings.position_embeddings.weight"][:tokens]
        x = self._drop(self._norm(x, "embeddings.LayerNorm"))
        for index in range(LAYERS):
            name = f"encoder.layer.{index}"
            x = self._norm(
                x + self._drop(self._attended(x, mask, name)), f"{name}.attention.output.LayerNorm"
            )
            wide = functional.gelu(self._dense(x, f"{name}.intermediate.dense"))
            narrow = self._dense(wide, f"{name}.output.dense")
            x = self._norm(x + self._drop(narrow), f"{name}.output.LayerNorm")
        counted = mask.unsqueeze(-1).float()
        return functional.normalize((x * counted).sum(1) / counted.sum(1), dim=-1)

    def _attended(self, x: torch.Tensor, mask: torch.Tensor, name: str) -> torch.Tensor:
        texts, tokens, _ = x.shape
        q, k, v = (
            self._dense(x, f"{name}.attention.self.{part}").view(texts, tokens, HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(
            q, k, v, attn_mask=mask[:, None, None, :].bool(), dropout_p=DROPOUT if self.training else 0.0
        )
        return self._dense(
            mixed.transpose(1, 2).reshape(texts, tokens, WIDTH), f"{name}.attention.output.dense"
        )


def batches(lengths: Sequence[int], chance: random.Random) -> Iterator[list[int]]:
    """Yield every row once, rows of like length together."""
    order = list(range(len(lengths)))
    chance.shuffle(order)
    together = BATCH * 20
    found = []
    for start in range(0, len(order), together):
        near = sorted(order[start : start + together], key=lambda row: lengths[row])
        found += [near[at : at + BATCH] for at in range(0, len(near), BATCH)]
    chance.shuffle(found)
    yield from found


def learn(rows: Sequence[Row], topics: int, signs: int) -> dict[str, torch.Tensor]:
    """Return the corrections that tell topics and signs apart."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    chance, folder = random.Random(0), weights_folder()  # noqa: S311  no secret
    verify(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    ids = [torch.tensor(tokenizer.encode(row.text).ids) for row in rows]
    model = Model(load_file(folder / "model.safetensors")).train()
    heads = [nn.Parameter(torch.randn(count, WIDTH) * 0.05) for count in (topics, signs)]
    optimiser = torch.optim.AdamW(
        [{"params": list(model.parameters()), "weight_decay": 0.01}, {"params": heads, "weight_decay": 0.0}]
    )
    steps, done = EPOCHS * -(-len(rows) // BATCH), 0
    for epoch in range(EPOCHS):
        lost = []
        for batch in batches([len(one) for one in ids], chance):
            for group, step in zip(optimiser.param_groups, (STEP, STEP_OF_HEADS), strict=True):
                group["lr"] = step * min(1.0, done / (WARM_UP * steps)) * (1 - done / steps)
            loss = _loss(model, heads, [ids[row] for row in batch], [rows[row] for row in batch])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            done += 1
            lost.append(loss.item())
            if done % 50 == 0:
                print(f"  {done}/{steps} {sum(lost[-50:]) / 50:.3f}", file=sys.stderr, flush=True)
        print(f"round {epoch + 1} of {EPOCHS}: loss {sum(lost) / len(lost):.3f}", flush=True)
    return model.corrections()


def _loss(
    model: Model, heads: Sequence[torch.Tensor], ids: list[torch.Tensor], rows: Sequence[Row]
) -> torch.Tensor:
    padded = nn.utils.rnn.pad_sequence(ids, batch_first=True)
    mask = nn.utils.rnn.pad_sequence([torch.ones_like(one) for one in ids], batch_first=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors = model(padded, mask)
    vectors = vectors.float()
    total = torch.zeros(())
    columns = ([row.topic for row in rows], [row.sign for row in rows])
    for head, wanted, weight in zip(heads, columns, (1.0, WARNINGS_WEIGHT), strict=True):
        target = torch.tensor(wanted)
        scores = SHARPNESS * vectors @ functional.normalize(head, dim=-1).T
        each = functional.cross_entropy(
            scores, target, reduction="sum", ignore_index=UNASKED, label_smoothing=SMOOTHING
        )
        total = total + weight * each / len(rows)
    return total


def main(target: Path = ADAPTER) -> None:
    """Learn, and write the corrections."""
    rows, topics, signs = read_rows()
    print(f"{len(rows)} messages, {topics} topics, {signs} signs", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(learn(rows, topics, signs), target)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
