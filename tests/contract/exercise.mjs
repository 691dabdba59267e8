// Exercises every operation of openapi.yaml against a real core: a good request each, and bad ones
// made from the contract's own schemas. An answer must be one that the contract names, with a body
// of the schema that it names there.
//
// usage: node exercise.mjs CONTRACT DESK MODULES
// DESK is a training desk (packaging/training) with a core; MODULES the folder of node_modules.
import { readFileSync } from 'node:fs';
import { createHash, createPrivateKey, randomBytes, sign, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import https from 'node:https';

const [contractFile, desk, modules] = process.argv.slice(2);
const require = createRequire(`${modules}/x.js`);
const yaml = require('js-yaml');
const Ajv = require('ajv/dist/2020').default;

const contract = yaml.load(readFileSync(contractFile, 'utf8'));
const env = Object.fromEntries([...readFileSync(`${desk}/core/env`, 'utf8')
  .matchAll(/^(\w+)='(.*)'$/gm)].map((m) => [m[1], m[2]]));
const secret = readFileSync(`${desk}/ca/secrets`, 'utf8').split('\n')
  .map((line) => line.split(' ')).find((words) => words[0] === 'clerk1');

let passed = 0;
const faults = [];
const kinds = {};
function check(kind, holds, sentence) {
  kinds[kind] = (kinds[kind] ?? 0) + 1;
  if (holds) passed++;
  else faults.push(`${kind}: ${sentence}`);
}

// --- requests

const certificates = {
  payouts: 'shop', admin: 'treasury', desk: 'daybookd', operator: 'clerk1.login',
  nobody: 'daybook_feed',
};
const agents = Object.fromEntries(Object.entries(certificates).map(([right, name]) => [right,
  new https.Agent({
    keepAlive: true, maxSockets: 1, ca: readFileSync(env.CORE_ROOT),
    cert: readFileSync(`${desk}/ca/${name}.crt`), key: readFileSync(`${desk}/ca/${name}.key`),
    passphrase: name === 'clerk1.login' ? secret[2] : undefined,
  })]));
const port = new URL(env.CORE_URL).port;

function send(right, method, path, headers, body) {
  return new Promise((resolve) => {
    const request = https.request({
      host: 'localhost', port, agent: agents[right], method, path, headers, timeout: 20000,
    }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({
        status: response.statusCode, headers: response.headers,
        text: Buffer.concat(parts).toString('utf8'),
      }));
      response.on('error', () => resolve({ status: 0, headers: {}, text: 'cut off' }));
    });
    request.on('error', (error) => resolve({ status: 0, headers: {}, text: error.message }));
    request.on('timeout', () => request.destroy(new Error('no answer')));
    if (body !== undefined) request.write(body);
    request.end();
  });
}

let counter = 0;
const run = process.pid.toString(36) + Date.now().toString(36).slice(-6);
const unique = () => `${run}${(++counter).toString(36).padStart(5, '0')}`;

// --- schemas

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, formats: {
  int64: true, date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/ } });
ajv.addSchema(contract, 'contract');
const escape = (word) => word.replaceAll('~', '~0').replaceAll('/', '~1');

function resolve(schema) {
  while (schema?.$ref) {
    schema = schema.$ref.slice(2).split('/').reduce((at, word) => at[word], contract);
  }
  return schema;
}

// Values that a schema must refuse, as [what, value].
function* wrong(schema) {
  schema = resolve(schema);
  const types = [schema.type].flat();
  const samples = { string: 'x', integer: 1, boolean: true, object: {}, array: [], number: 1.5 };
  for (const [type, value] of Object.entries(samples)) {
    if (!types.includes(type)) yield [`a ${type}`, value];
  }
  if (schema.enum) yield ['an unknown word', 'NO_SUCH_WORD'];
  if (schema.pattern) yield ['a text of another form', '\u0001 no such form \u202e'];
  if (schema.minLength) yield ['an empty text', ''];
  if (schema.maxLength) yield ['a long text', 'x'.repeat(schema.maxLength + 1)];
  if (schema.minimum !== undefined) yield ['less than the least', schema.minimum - 1];
  if (schema.maximum !== undefined) yield ['more than the most', schema.maximum + 1];
  if (schema.minItems) yield ['no items', []];
  if (types.includes('string') && !types.includes('null')) yield ['a NUL', 'a\u0000b'];
}

// Bodies that differ from a good one in one place.
function* bad(schema, good, at = '', put = (value) => value) {
  schema = resolve(schema);
  if (schema.type === 'object') {
    for (const name of schema.required ?? []) {
      const { [name]: _, ...rest } = good;
      yield [`${at}/${name} missing`, put(rest)];
      yield [`${at}/${name} null`, put({ ...good, [name]: null })];
    }
    if (schema.additionalProperties === false) {
      yield [`${at}/unknown_member`, put({ ...good, unknown_member: 1 })];
    }
    for (const [name, inner] of Object.entries(schema.properties ?? {})) {
      const replace = (value) => put({ ...good, [name]: value });
      for (const [what, value] of wrong(inner)) yield [`${at}/${name} ${what}`, replace(value)];
      if (good[name] !== undefined) yield* bad(inner, good[name], `${at}/${name}`, replace);
    }
  } else if (schema.type === 'array' && good.length > 0) {
    const replace = (value) => put([value, ...good.slice(1)]);
    for (const [what, value] of wrong(schema.items)) yield [`${at}/0 ${what}`, replace(value)];
    yield* bad(schema.items, good[0], `${at}/0`, replace);
  }
}

// --- what the contract says of an answer

function answered(operation, response, what) {
  const said = operation.responses[response.status] ?? { content: undefined };
  const named = operation.responses[response.status] !== undefined;
  check('answers are named', named,
    `${operation.operationId}, ${what}: ${response.status} ${response.text.slice(0, 200)}`);
  const content = resolve(said)?.content;
  const type = (response.headers['content-type'] ?? '').split(';')[0];
  if (!named || !content) return;
  check('types are named', content[type] !== undefined,
    `${operation.operationId}, ${what}: ${response.status} comes as '${type}'`);
  if (!content[type] || !type.endsWith('json')) return;
  let value;
  try {
    value = JSON.parse(response.text);
  } catch (error) {
    check('bodies are as named', false, `${operation.operationId}, ${what}: ${error.message}`);
    return;
  }
  const where = said.$ref
    ? `contract${said.$ref}/content/${escape(type)}/schema`
    : `contract#/paths/${escape(operation.path)}/${operation.method}/responses/` +
      `${response.status}/content/${escape(type)}/schema`;
  const validate = ajv.getSchema(where) ?? ajv.compile({ $ref: where });
  check('bodies are as named', validate(value),
    `${operation.operationId}, ${what}: ${ajv.errorsText(validate.errors)}`);
  check('request ids come back', (response.headers['x-request-id'] ?? '') !== '',
    `${operation.operationId}, ${what}: no X-Request-Id`);
}

const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation, path, method, parameters: (operation.parameters ?? []).map(resolve),
    schema: operation.requestBody?.content?.['application/json']?.schema,
  })));
const operationOf = Object.fromEntries(operations.map((o) => [o.operationId, o]));

function rightOf(operation) {
  const first = operation['x-right'].split(' ')[0];
  return first === 'any' || first === 'read' ? 'payouts' : first;
}

const has = (operation, name) => operation.parameters.some((p) => p.name === name);

// One request of an operation; `with_` overrides right, path values, headers, body, query.
async function ask(operation, with_) {
  const path = operation.path.replace(/\{(\w+)\}/g,
    (_, name) => encodeURIComponent(with_.values?.[name] ?? 'MISSING'));
  const headers = { ...with_.headers };
  const otherwise = (name, value) => {
    if (has(operation, name) && !(name in headers)) headers[name] = value;
  };
  otherwise('Idempotency-Key', unique());
  otherwise('If-Match', `"${with_.version ?? 1}"`);
  let body = with_.body;
  if (body !== undefined && typeof body !== 'string') body = JSON.stringify(body);
  if (body !== undefined) {
    headers['Content-Type'] ??= 'application/json';
    headers['Content-Length'] = Buffer.byteLength(body);
  }
  for (const [name, value] of Object.entries(headers)) if (value === null) delete headers[name];
  return send(with_.right ?? rightOf(operation), operation.method.toUpperCase(),
    path + (with_.query ?? ''), headers, body);
}

// --- good requests

const json = (response) => JSON.parse(response.text);
const customer = `C${unique().toUpperCase()}`;
const payout = () => ({
  order_no: `O-${unique()}`, customer, channel: 'ICBC', amount: 1250, currency: 'CNY',
  payee: { name: '林晓红', account: '6222020200112233' } });
const batch = () => ({
  batch_no: `B-${unique()}`, channel: 'ICBC', count: 2, total: 300, currency: 'CNY',
  items: [100, 200].map((amount) => ({
    order_no: `O-${unique()}`, customer, amount,
    payee: { name: 'Ada Weber', account: '62220202' } })) });

async function made(word) {
  let response = await ask(operationOf['payout-create'], { body: payout() });
  let { id, version } = json(response);
  for (const step of { created: [], approved: ['approve'], submitted: ['approve', 'submit'] }[word]) {
    response = await ask(operationOf[`payout-${step}`], { values: { id }, version });
    ({ version } = json(response));
  }
  return { values: { id }, version };
}

// A submitted payout whose sending a core has begun; its version moves while the worker asks a bank
// that does not answer.
async function sent() {
  const { values } = await made('submitted');
  const until = Date.now() + 20000;
  let now;
  do now = json(await ask(operationOf['payout-get'], { values }));
  while (now.sent_at === null && Date.now() < until);
  return { values, version: now.version };
}

async function stopped() {
  for (let tries = 0; ; tries++) {
    const with_ = await sent();
    const response = await ask(operationOf['payout-stop-ladder'], with_);
    if (response.status === 200 || tries === 5) {
      return { values: with_.values, version: json(response).version };
    }
  }
}

async function batchMade() {
  const response = await ask(operationOf['batch-create'], { body: batch() });
  const { batch_no, version } = json(response);
  return { values: { batch_no }, version };
}

async function statementLine() {
  const { values } = await sent();
  return { values: { sha256: createHash('sha256').update(unique()).digest('hex') },
    body: { channel: 'ICBC', chunk: 1, chunks: 1, lines: [{
      line: `${++counter}`, line_no: 1, account: '1001200300400500601', value_date: '2026-11-20',
      amount: -1250, currency: 'CNY', kind: 'MATCH', payouts: [values.id] }] } };
}

// --- requests that people sign

// A debit that no payout fits, of the least amount: its maker's signature alone suffices.
const suspense = () => ({ kind: 'SUSPEND', channel: 'ICBC', reason: 'OTHER', text: 'not ours',
  excluded: [], items: [{
    object: `X-${++counter}${process.pid}`, code: 'BANK_ONLY_DR',
    line: `${createHash('sha256').update(unique()).digest('hex')}:1`,
    account: '1001200300400500601', value_date: '2026-11-20', line_amount: '-1250',
    currency: 'CNY' }] });

// What DESIGN.md 4 says is signed.
function signed(document, decision) {
  const certificate = new X509Certificate(readFileSync(`${desk}/ca/clerk1.sign.crt`));
  const key = createPrivateKey({
    key: readFileSync(`${desk}/ca/clerk1.sign.key`), passphrase: secret[2] });
  const word = (name) => document.toString('utf8').match(new RegExp(`^${name} (.*)$`, 'm'))[1];
  const fingerprint = createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
  const nonce = randomBytes(16);
  const parts = [word('environment'), word('request'), word('version'),
    createHash('sha256').update(document).digest(), decision, word('person'), fingerprint,
    word('execute_by'), nonce].map((part) => Buffer.from(part));
  const message = Buffer.concat([Buffer.from('daybook-approve-v1\0'), ...parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  })]);
  return { decision, login: 'clerk1', person: word('person'), key: fingerprint,
    expiry: word('execute_by'), nonce: nonce.toString('hex'),
    signature: sign(null, message, key).toString('hex'),
    certificate: certificate.raw.toString('base64') };
}

async function proposed() {
  const preview = json(await ask(operationOf['request-preview'], { body: suspense() }));
  const document = Buffer.from(preview.document, 'base64');
  return { values: { id: preview.request }, body: { document: preview.document,
    core_signature: preview.signature, signatures: [signed(document, 'propose')] } };
}

async function executed() {
  const with_ = await proposed();
  await ask(operationOf['request-execute'], with_);
  return { values: with_.values };
}

const good = {
  'request-preview': () => ({ body: suspense() }),
  'request-execute': proposed, 'request-get': executed,
  'health': () => ({}), 'metrics': () => ({}), 'contract': () => ({}),
  'customer-create': () => ({ body: {
    id: `C${unique().toUpperCase()}`, name: '城'.repeat(140), kind: 'CUSTOMER', currency: 'CNY' } }),
  'customer-get': () => ({ values: { customer } }),
  'customer-list': () => ({ query: '?limit=2' }),
  'fund-in': () => ({ values: { customer }, body: {
    channel: 'ICBC', amount: 100000000, currency: 'CNY', reference: unique() } }),
  'own-funds-in': () => ({ body: {
    account: '1001200300400500601', amount: 100000000, currency: 'CNY', reference: unique() } }),
  'account-get': () => ({ values: { account: '2010', sub: customer, currency: 'CNY' } }),
  'channel-list': () => ({}),
  'channel-get': () => ({ values: { channel: 'ICBC' } }),
  'channel-put': async () => ({ values: { channel: 'ICBC' },
    version: json(await ask(operationOf['channel-get'], { values: { channel: 'ICBC' } })).version,
    body: { accounts: ['1001200300400500601'], ladder_base_s: 2, ladder_count: 8, follow_up_s: [3600, 86400] } }),
  'payout-create': () => ({ body: payout() }),
  'payout-list': () => ({ query: '?channel=ICBC&limit=3' }),
  'payout-get': () => made('created'),
  'payout-events': () => made('created'),
  'payout-approve': () => made('created'),
  'payout-submit': () => made('approved'),
  'payout-cancel': () => made('created'),
  'payout-stop-ladder': sent, 'payout-resume-ladder': stopped, 'payout-ask': sent,
  'batch-create': () => ({ body: batch() }),
  'batch-get': batchMade, 'batch-submit': batchMade,
  'statement-lines': statementLine,
  'statement-receipt': async () => {
    const lines = await statementLine();
    await ask(operationOf['statement-lines'], lines);
    return lines;
  },
};

async function goodRequest(operation) {
  let response, with_;
  for (let tries = 0; tries < 5; tries++) {
    with_ = await good[operation.operationId]();
    if (!operation.schema) delete with_.body;
    response = await ask(operation, with_);
    if (response.status !== 412 && response.status !== 409) break;
  }
  check('good requests', response.status >= 200 && response.status < 300,
    `${operation.operationId}: ${response.status} ${response.text.slice(0, 300)}`);
  answered(operation, response, 'a good request');
  return with_;
}

// --- bad requests

async function refused(operation, with_, wanted, what) {
  const response = await ask(operation, with_);
  check(what.split(':')[0], wanted.includes(response.status),
    `${operation.operationId}, ${what}: ${response.status} instead of ${wanted}: ` +
    response.text.slice(0, 200));
  if (response.status !== 0) answered(operation, response, what);
}

// The good request again, with a key and names of its own.
async function again(operation, with_) {
  const body = with_.body === undefined ? undefined : structuredClone(with_.body);
  for (const name of ['order_no', 'batch_no', 'id']) {
    if (body?.[name]) body[name] = `X${unique().toUpperCase()}`;
  }
  return { ...with_, body };
}

async function badBodies(operation, with_) {
  const body = with_.body ?? {};
  for (const [what, value] of bad(operation.schema, body)) {
    await refused(operation, { ...with_, body: value }, [400], `bad bodies: ${what}`);
  }
  for (const text of ['', ' ', '{', 'null', '[]', '"x"', '{"a":1}{', '\ufeff{}', "{'a':1}"]) {
    if (text.trim() === '' && with_.body === undefined) continue;
    await refused(operation, { ...with_, body: text }, [400], `bad bodies: '${text}'`);
  }
  const whole = JSON.stringify(body);
  const nested = '['.repeat(40) + ']'.repeat(40);
  await refused(operation, { ...with_, body: whole.replace(/}$/, `,"x":${nested}}`)
    .replace('{,', '{') }, [400], 'deep bodies: 40 levels');
  const first = Object.keys(body)[0];
  const twice = first === undefined ? '{"x":1,"x":1}'
    : whole.replace(/^{/, `{${JSON.stringify(first)}:${JSON.stringify(body[first])},`);
  await refused(operation, { ...with_, body: twice }, [400], 'duplicate keys: the same value twice');
  const large = `{"x":"${'x'.repeat(2200000)}"}`;
  await refused(operation, { ...with_, body: large }, [413, 400, 0], 'oversized bodies: 2.2 MB');
  await refused(operation, { ...with_, body: whole, headers: { 'Content-Type': 'text/plain' } },
    [415], 'other types: text/plain');
}

async function badHeaders(operation, with_) {
  if (has(operation, 'Idempotency-Key')) {
    for (const key of [null, 'short', 'x'.repeat(65), 'no blanks allowed']) {
      await refused(operation, { ...with_, headers: { 'Idempotency-Key': key } }, [400],
        `bad keys: '${key}'`);
    }
  }
  if (has(operation, 'If-Match')) {
    const next = await again(operation, await good[operation.operationId]());
    await refused(operation, { ...next, headers: { 'If-Match': null } }, [428],
      'wrong versions: none');
    await refused(operation, { ...next, headers: { 'If-Match': '"999999"' } }, [412],
      'wrong versions: another');
    for (const match of ['1', '*', '"x"', '"-1"', '"1234567890"']) {
      await refused(operation, { ...next, headers: { 'If-Match': match } }, [400],
        `wrong versions: ${match}`);
    }
  }
}

async function badPlaces(operation, with_) {
  for (const parameter of operation.parameters) {
    if (parameter.in === 'path') {
      for (const value of ['\u0001', "a'b", 'x'.repeat(200), '林']) {
        await refused(operation, { ...with_, values: { ...with_.values, [parameter.name]: value } },
          [400, 404], `bad paths: ${parameter.name} '${value.slice(0, 8)}'`);
      }
    }
    if (parameter.in === 'query') {
      const values = [...wrong(parameter.schema)].map((pair) => pair[1])
        .filter((value) => typeof value !== 'object' && !(parameter.schema.pattern &&
          new RegExp(parameter.schema.pattern).test(String(value))));
      for (const value of values) {
        if (resolve(parameter.schema).type === 'string' && typeof value !== 'string') continue;
        await refused(operation, { ...with_,
          query: `?${parameter.name}=${encodeURIComponent(String(value))}` }, [400],
        `bad queries: ${parameter.name}=${String(value).slice(0, 12)}`);
      }
    }
  }
  if (operation['x-right'] !== 'any') {
    await refused(operation, { ...with_, query: '?no_such_word=1' }, [400], 'bad queries: unknown');
    await refused(operation, { ...with_, right: 'nobody' }, [403], 'rights: nobody');
  }
  const others = ['payouts', 'admin', 'desk', 'operator'].filter((right) =>
    !['any', 'read'].includes(operation['x-right']) &&
    !operation['x-right'].split(' ').includes(right));
  for (const right of others) {
    const next = await again(operation, with_);
    await refused(operation, { ...next, right }, [403], `rights: ${right}`);
  }
}

// The same key: with the same request the same answer, with another one 409.
async function keys(operation) {
  if (!has(operation, 'Idempotency-Key') || operation.schema === undefined) return;
  const with_ = await good[operation.operationId]();
  if (with_.body === undefined) return;
  const headers = { 'Idempotency-Key': unique() };
  const first = await ask(operation, { ...with_, headers });
  const second = await ask(operation, { ...with_, headers });
  // A chunk of a file is its own key: told again it is there already.
  const chunk = operation.operationId === 'statement-lines';
  check('keys', first.status < 300 && second.text === first.text && (chunk
    ? second.status === 200
    : second.status === first.status && second.headers['idempotency-replayed'] === 'true'),
  `${operation.operationId}: ${first.status} ${first.text}, again ${second.status} ${second.text}`);
  const other = await good[operation.operationId]();
  if (JSON.stringify(other.body) === JSON.stringify(with_.body)) {
    const name = ['amount', 'ladder_base_s'].find((word) => other.body[word] !== undefined);
    if (name === undefined) return;
    other.body[name]++;
  }
  const third = await ask(operation, { ...other, values: with_.values, headers });
  check('keys', third.status === 409 && json(third).code === (chunk ? 'chunk-differs'
    : 'key-reused'),
    `${operation.operationId}: another body under the same key: ${third.status} ${third.text}`);
}

async function paths() {
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const known = operations.filter((o) => o.path === path).map((o) => o.method);
    for (const method of ['get', 'put', 'post', 'delete', 'patch']) {
      if (known.includes(method)) continue;
      const response = await send('payouts', method.toUpperCase(), path.replace(/\{\w+\}/g, 'X1'),
        {});
      check('other methods', response.status === 405,
        `${method} ${path}: ${response.status} ${response.text.slice(0, 200)}`);
    }
  }
  for (const path of ['/', '/v1', '/v2/payouts', '/v1/payouts/', '/v1//payouts', '/v1/%2e%2e']) {
    const response = await send('payouts', 'GET', path, {});
    check('other paths', response.status === 404, `${path}: ${response.status}`);
  }
}

// --- all of it

const started = await ask(operationOf['customer-create'], { body: {
  id: customer, name: 'Town', kind: 'CUSTOMER', currency: 'CNY' } });
const funded = await ask(operationOf['fund-in'], { values: { customer }, body: {
  channel: 'ICBC', amount: 100000000, currency: 'CNY', reference: unique() } });
check('good requests', started.status === 201 && funded.status < 300,
  `a customer with money: ${started.text} ${funded.text}`);
for (const operation of operations) {
  if (good[operation.operationId] === undefined) {
    check('good requests', false, `${operation.operationId} is not exercised here`);
    continue;
  }
  const with_ = await goodRequest(operation);
  if (operation.schema) await badBodies(operation, await again(operation, with_));
  await badHeaders(operation, await again(operation, with_));
  await badPlaces(operation, await again(operation, with_));
  await keys(operation);
}
await paths();
for (const fault of faults.slice(0, 60)) console.log(`not ok: ${fault}`);
for (const [kind, count] of Object.entries(kinds)) console.log(`  ${kind}: ${count}`);
console.log(`${passed} passed, ${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);
