"""Export as HL7 FHIR R4 (4.0.1): `bundle.bundle_of` turns soreness reports into a Bundle.

A report becomes a QuestionnaireResponse (what was asked and answered) and an Observation for each score, as
US Core records assessments (sms-and-privacy.md E). `rules.problems` is our own check, beside FHIR's.
"""
