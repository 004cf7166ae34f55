"""The shipped fake carrier: a real small server that speaks Twilio's language and fails like a carrier.

It runs the whole product without an account (the phone simulator shows its threads), and it is what the drills
send through: seeded faults, lagging lists, callbacks out of order, a STOP list, Twilio's magic numbers.
"""
