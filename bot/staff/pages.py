"""Every route of the staff site, with the right that it asks for. Tests walk this table for every role."""

from __future__ import annotations

from bot.staff.acts import (
    account,
    acknowledge_alert,
    alerts,
    annotate_conversation,
    assets,
    break_glass,
    close_alert,
    conversation,
    conversations,
    queues,
    review_conversation,
    sign_in,
    sign_out,
    teaching,
    unanswered,
)
from bot.staff.roles import Right
from bot.staff.routing import Page

_ONE = "/staff/conversations/{conversation}"

PAGES: tuple[Page, ...] = (
    Page("GET", "/staff/static/{name}", assets.show, None, fresh=False),
    Page("GET", "/staff/sign-in", sign_in.show, None),
    Page("POST", "/staff/sign-in", sign_in.submit, None),
    Page("POST", "/staff/sign-out", sign_out.submit, Right.ENTER),
    Page("GET", "/staff", queues.show, Right.ENTER),
    Page("GET", "/staff/counts", queues.show_counts, Right.ENTER, fresh=False),
    Page("GET", "/staff/keys", queues.show_keys, Right.ENTER),
    Page("GET", "/staff/account", account.show, Right.ENTER),
    Page("POST", "/staff/account/password", account.submit_password, Right.ENTER),
    Page("POST", "/staff/account/shortcuts", account.submit_shortcuts, Right.ENTER),
    Page("GET", "/staff/second-factor", account.show_second_factor, Right.ENTER),
    Page("POST", "/staff/second-factor", account.submit_second_factor, Right.ENTER),
    Page("GET", "/staff/break-glass", break_glass.show, Right.BREAK_GLASS),
    Page("POST", "/staff/break-glass", break_glass.submit, Right.BREAK_GLASS),
    Page("GET", "/staff/alerts", alerts.show_signs, Right.SEE_ALERTS),
    Page("GET", "/staff/soreness", alerts.show_soreness, Right.SEE_ALERTS),
    Page("GET", "/staff/alerts/{alert}", alerts.show, Right.SEE_ALERTS),
    Page("POST", "/staff/alerts/{alert}/acknowledge", acknowledge_alert.submit, Right.ACT_ON_ALERTS),
    Page("POST", "/staff/alerts/{alert}/note", acknowledge_alert.note, Right.ACT_ON_ALERTS),
    Page("POST", "/staff/alerts/{alert}/close", close_alert.submit, Right.ACT_ON_ALERTS),
    Page(
        "GET", "/staff/conversations", conversations.show, Right.READ_WORDS,
        prepare=conversations.bring_index_up_to_date,
    ),
    Page("POST", "/staff/filters", conversations.save_filter, Right.REVIEW),
    Page("POST", "/staff/filters/remove", conversations.forget_filter, Right.REVIEW),
    Page("GET", _ONE, conversation.show, Right.READ_WORDS),
    Page("POST", f"{_ONE}/reviewed", review_conversation.submit, Right.REVIEW),
    Page("POST", f"{_ONE}/undo", review_conversation.undo, Right.REVIEW),
    Page("POST", f"{_ONE}/notes", annotate_conversation.add_note, Right.REVIEW),
    Page("POST", f"{_ONE}/tags", annotate_conversation.add_tag, Right.REVIEW),
    Page("POST", f"{_ONE}/tags/remove", annotate_conversation.remove_tag, Right.REVIEW),
    Page("POST", f"{_ONE}/assign", annotate_conversation.assign, Right.REVIEW),
    Page("GET", "/staff/unanswered", unanswered.show, Right.READ_WORDS),
    Page("POST", "/staff/unanswered", unanswered.submit, Right.TEACH),
    Page("GET", "/staff/teaching", teaching.show, Right.TEACH),
    Page("POST", "/staff/corrections", teaching.propose, Right.TEACH),
    Page("POST", "/staff/corrections/{correction}", teaching.confirm, Right.TEACH),
)  # fmt: skip
