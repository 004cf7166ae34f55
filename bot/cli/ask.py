"""`bot ask` and `bot chat`: talk to the assistant in the terminal. No server and no database is needed."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from bot.dialogue.talk import Reply

Channel = Literal["web", "sms"]


def ask(
    text: Annotated[str | None, typer.Argument(help="A patient's message.")] = None,
    channel: Annotated[Channel, typer.Option(help="Whose wording: web or sms.")] = "web",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a message.")] = False,
    batch: Annotated[
        Path | None,
        typer.Option(
            help='A file with one JSON object a line: {"text": ..., "previous": [...]}; - reads stdin.'
        ),
    ] = None,
) -> None:
    """Answer one message, or each of a file in a conversation of its own."""
    if (text is None) == (batch is None):
        raise typer.BadParameter("give a TEXT or --batch FILE")
    from bot.dialogue.talk import Talk, load_for_talk

    lines: list[dict[str, Any]] = _read_batch(batch) if batch else [{"text": text}]
    agent = load_for_talk()

    async def answer_all() -> None:
        for line in lines:
            talk = Talk(agent, line.get("channel", channel))
            for before in line.get("previous", []):
                await talk.say(before)
            reply = await talk.say(line["text"])
            _print(line, reply, as_json or batch is not None)

    asyncio.run(answer_all())


def chat(channel: Annotated[Channel, typer.Option(help="Whose wording: web or sms.")] = "web") -> None:
    """Hold a conversation. An empty line or Ctrl-D ends it; a number chooses a button."""
    from bot.dialogue.talk import Talk, load_for_talk

    agent = load_for_talk()
    talk = Talk(agent, channel)

    async def converse() -> None:
        reply = await talk.say("hello")
        while True:
            buttons = _show(reply)
            try:
                said = await asyncio.to_thread(input, "\nyou> ")
            except EOFError:
                return
            if not said.strip():
                return
            number = int(said) - 1 if said.strip().isdigit() else -1
            if 0 <= number < len(buttons):
                payload = buttons[number]["payload"]
                chosen = payload.removeprefix("/") if payload.startswith("/faq/") else None
                reply = await talk.say(buttons[number]["title"] if chosen else payload, chosen)
            else:
                reply = await talk.say(said)

    asyncio.run(converse())


def _show(reply: Reply) -> list[dict[str, str]]:
    buttons = []
    for message in reply.messages:
        typer.echo(f"\n{message['text']}")
        buttons += message["buttons"]
    for number, button in enumerate(buttons, 1):
        typer.echo(f"  {number}) {button['title']}")
    return buttons


def _print(line: dict[str, Any], reply: Reply, as_json: bool) -> None:
    if not as_json:
        typer.echo(reply.text)
        return
    told = {
        "text": line["text"],
        "reply": reply.text,
        "messages": reply.messages,
        "intent": reply.intent,
        "confidence": round(reply.confidence, 4),
        "topics": reply.topics,
        "nearest": reply.nearest,
    }
    typer.echo(json.dumps({**line, **told}, ensure_ascii=False))


def _read_batch(file: Path) -> list[dict[str, Any]]:
    text = sys.stdin.read() if str(file) == "-" else _read(file)
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise typer.BadParameter(f"{file}, line {number}: is not JSON") from error
        if not isinstance(item, dict) or not isinstance(item.get("text"), str) or not item["text"].strip():
            raise typer.BadParameter(f'{file}, line {number}: needs a "text"')
        lines.append(item)
    return lines


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} can't be read") from error
