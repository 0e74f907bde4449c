// Validates SARIF files (schema, then the multitool with GitHub's rules on) and our JSON reports.
// Run by .ci/sarif-check. Exits 1 on any error, and on any warning that is not accepted below.
'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const Ajv2020 = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;

// The multitool leaves GitHub's rules off unless told, and its exit status is 0 whatever it finds:
// so we switch them on here and read its own report.
const GITHUB_RULES = [
  'GH1001.ProvideRequiredLocationProperties',
  'GH1002.InlineThreadFlowLocations',
  'GH1003.ProvideRequiredRegionProperties',
  'GH1005.LocationsMustBeRelativeUrisOrFilePaths',
  'GH1006.ProvideCheckoutPath',
  'GH1007.ProvideFullyFormattedMessageStrings',
  'GH1011.ReferenceFinalSchema',
  'GH1013.ProvideRequiredSarifLogProperties',
  'GH1014.ProvideRequiredRunProperties',
  'GH1015.ProvideRequiredResultProperties',
  'GH1016.ProvideRequiredLocationProperties',
  'GH1017.ProvideRequiredPhysicalLocationProperties',
  'GH1018.ProvideRequiredToolProperties',
  'GH2012.ProvideRequiredReportingDescriptorProperties',
];
// It would ask the network whether references exist.
const DISABLED_RULES = ['SARIF2006.UrisShouldBeReachable'];

// Warnings we accept, each with its reason.
const ACCEPTED = {
  SARIF2005: 'asks for the tool to have a home page',
};

function configuration() {
  const option = (rule, value) =>
    `<Properties Key="${rule}.Options"><Property Key="RuleEnabled" Value="${value}"/></Properties>`;
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<Properties>',
    ...GITHUB_RULES.map((rule) => option(rule, 'Error')),
    ...DISABLED_RULES.map((rule) => option(rule, 'Disabled')),
    '</Properties>',
  ].join('\n');
}

function schemaErrors(schemaFile) {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(fs.readFileSync(schemaFile, 'utf8')));
  return (document) =>
    validate(document)
      ? []
      : validate.errors.map((error) => `schema: ${error.instancePath || '/'} ${error.message}`);
}

function multitoolErrors(multitool, workdir, file) {
  const log = path.join(workdir, 'validation.sarif');
  const config = path.join(workdir, 'rules.xml');
  fs.writeFileSync(config, configuration());
  fs.rmSync(log, { force: true });
  execFileSync(multitool, [
    'validate', file, '--rule-kind', 'Sarif;Ghas', '-c', config,
    '--level', 'Error;Warning', '--log', 'ForceOverwrite', '-o', log,
  ], { stdio: ['ignore', 'ignore', 'inherit'] });
  const run = JSON.parse(fs.readFileSync(log, 'utf8').replace(/^\uFEFF/, '')).runs[0];
  return run.results
    .filter((result) => !(result.ruleId in ACCEPTED))
    .map((result) => {
      const place = result.locations?.[0]?.logicalLocations?.[0]?.fullyQualifiedName ?? '';
      const text = result.message.text ?? `${result.message.id} ${(result.message.arguments ?? []).join(' | ')}`;
      return `${result.level ?? 'warning'} ${result.ruleId}: ${place} ${text}`;
    });
}

function main([multitoolDir, ...files]) {
  const workdir = fs.mkdtempSync(path.join(os.tmpdir(), 'sarif-check-'));
  const sarifSchema = schemaErrors(path.join(multitoolDir, 'sarif-2.1.0.json'));
  const reportSchema = schemaErrors(path.join(__dirname, '..', 'docs', 'report.schema.json'));
  let failed = 0;
  for (const file of files) {
    const document = JSON.parse(fs.readFileSync(file, 'utf8'));
    const errors = document.runs
      ? [...sarifSchema(document), ...multitoolErrors(path.join(multitoolDir, 'Sarif.Multitool'), workdir, file)]
      : reportSchema(document);
    console.log(`${errors.length === 0 ? 'ok  ' : 'FAIL'} ${file}`);
    for (const error of errors) console.log(`     ${error}`);
    if (errors.length !== 0) failed += 1;
  }
  fs.rmSync(workdir, { recursive: true });
  console.log(`${files.length - failed} of ${files.length} files are valid`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
