"""How little the widget weighs: what is served, compressed, and what a page load costs before anyone asks."""

import gzip

from bot.widget import served
from tests.widget.chat import Chat

KB = 1000


def test_the_loader_weighs_at_most_two_kilobytes() -> None:
    assert len(served()["/widget.js"].compressed) <= 2 * KB


def test_the_frame_weighs_at_most_ten_kilobytes_when_it_opens(chat: Chat) -> None:
    paths = set()
    chat.page.on("request", lambda request: paths.add("/" + request.url.split("/", 3)[3].split("?")[0]))
    chat.plain().say("What is dry needling?").wait_for("thin needle")
    assets = served()
    files = {path for path in paths if path in assets} - {"/static/widget/icon.svg"}  # the tab's icon
    assert files == {
        "/chat",
        "/static/widget/frame.css",
        "/static/widget/frame.js",
        "/static/widget/strings/en.json",
    }
    assert sum(len(assets[path].compressed) for path in files) <= 10 * KB


def test_the_scale_and_the_body_map_weigh_at_most_four_kilobytes_more_when_first_asked_for() -> None:
    assets = served()
    assert sum(len(assets[f"/static/widget/answers.{kind}"].compressed) for kind in ("js", "css")) <= 4 * KB


def test_before_it_is_opened_a_page_loads_one_file(chat: Chat) -> None:
    urls: list[str] = []
    chat.page.on("request", lambda request: urls.append(request.url))
    chat.visit()
    chat.page.wait_for_timeout(200)
    chat_requests = [url for url in urls if "//chat." in url and not url.endswith("icon.svg")]
    assert [url.rsplit("/", 1)[1] for url in chat_requests] == ["widget.js"]


def test_what_is_served_is_what_is_compressed() -> None:
    for asset in served().values():
        assert gzip.decompress(asset.compressed) == asset.body
