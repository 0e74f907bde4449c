// Validates reports by their format, which is the extension of the file's name: SARIF (schema, then
// the multitool with GitHub's rules on), and the others by their schemas. Run by .ci/sarif-check. Exits 1 on any error, and on any warning that is not accepted below.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
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

const ROOT = path.join(__dirname, '..');
const schemaFile = (name) => path.join(__dirname, 'schema', name);
const parsed = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const linesOf = (file) =>
  fs.readFileSync(file, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line));

function validator(schema, others = {}) {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false });
  addFormats(ajv);
  for (const [name, other] of Object.entries(others)) ajv.addSchema(parsed(other), name);
  const validate = ajv.compile(schema);
  return (document) =>
    validate(document)
      ? []
      : validate.errors.map((error) => `schema: ${error.instancePath || '/'} ${error.message}`);
}

function xmlErrors(schema, file) {
  const run = spawnSync('xmllint', ['--noout', '--nonet', '--schema', schemaFile(schema), file], {
    encoding: 'utf8',
  });
  return run.status === 0 ? [] : run.stderr.trim().split('\n').slice(0, 10);
}

// GitLab merges entries of one fingerprint, and shows two cases of one class and name as one.
function repeated(what, keys) {
  const seen = new Set();
  return keys.filter((key) => seen.size === seen.add(key).size).map((key) => `twice ${what} ${key}`);
}

// A result is one alert: GitHub closes and opens it as often as two claim it.
function sarifErrors(document) {
  const keys = document.runs.flatMap((run) =>
    run.results.map((result) => {
      const place = result.locations[0].physicalLocation;
      return `${result.ruleId} ${place.artifactLocation.uri}:${place.region.startLine} ${!result.suppressions}`;
    }));
  const lines = document.runs.flatMap((run) =>
    run.results.map((result) => result.locations[0].physicalLocation.region))
    .filter((region) => (region.endLine ?? region.startLine) !== region.startLine)
    .map((region) => `a region of several lines: ${JSON.stringify(region)}`);
  return [...repeated('the result', keys), ...lines];
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

function checks(multitoolDir, workdir) {
  const reportSchema = path.join(ROOT, 'docs', 'report.schema.json');
  const lineSchema = path.join(ROOT, 'docs', 'report-line.schema.json');
  const sarif = validator(parsed(path.join(multitoolDir, 'sarif-2.1.0.json')));
  const report = validator(parsed(reportSchema));
  const reportLine = validator(parsed(lineSchema), { 'report.schema.json': reportSchema });
  const quality = validator(parsed(schemaFile('gitlab-code-quality.schema.json')));
  const rdjson = validator(parsed(schemaFile('rdjson.schema.json')));
  const rdjsonLine = validator({ $ref: 'rdjson.schema.json#/$defs/diagnostic' },
    { 'rdjson.schema.json': schemaFile('rdjson.schema.json') });
  const eachLine = (validate) => (file) => linesOf(file).flatMap(validate);
  return {
    sarif: (file) => [
      ...sarif(parsed(file)),
      ...sarifErrors(parsed(file)),
      ...multitoolErrors(path.join(multitoolDir, 'Sarif.Multitool'), workdir, file),
    ],
    json: (file) => report(parsed(file)),
    'json-lines': eachLine(reportLine),
    gitlab: (file) => [
      ...quality(parsed(file)),
      ...repeated('the fingerprint', parsed(file).map((entry) => entry.fingerprint)),
    ],
    rdjson: (file) => rdjson(parsed(file)),
    rdjsonl: eachLine(rdjsonLine),
    junit: (file) => xmlErrors('junit.xsd', file),
    checkstyle: (file) => xmlErrors('checkstyle.xsd', file),
  };
}

function main([multitoolDir, ...files]) {
  const workdir = fs.mkdtempSync(path.join(os.tmpdir(), 'sarif-check-'));
  const check = checks(multitoolDir, workdir);
  let failed = 0;
  for (const file of files) {
    const format = path.extname(file).slice(1);
    const errors = check[format] ? check[format](file) : [`no format is called ${format}`];
    if (errors.length === 0) continue;
    failed += 1;
    console.log(`FAIL ${file}`);
    for (const error of errors.slice(0, 20)) console.log(`     ${error}`);
  }
  fs.rmSync(workdir, { recursive: true });
  console.log(`${files.length - failed} of ${files.length} files are valid`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
