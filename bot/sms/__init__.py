"""SMS: what providers say and take, what patients text, what is sent, once each, whatever dies in between.

`provider` is the seam; `twilio`, `telnyx` and the shipped fake (`carrier/`) stand behind it. `receiving` is the
webhook's transaction, `conversing` the answer, `sending` the way out, `reconciling` the unknown outcomes.
"""
