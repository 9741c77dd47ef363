import { HARMLESS_CODE, IN_CODE, RANDOM_IN_CODE, WORDS_IN_CODE } from './credentials-in-code.js';

/** A credential that must not leave the process, and a text in which it stands. */
export interface Credential {
  readonly name: string;
  readonly text: string;
  /** The part that gives it away. */
  readonly secret: string;
}

/** The parts of a secret none of which may be seen: its lines, and the segments of a token. */
export function fragmentsOf({ secret }: Credential): string[] {
  return secret.split(/[\n.]/).filter((part) => part.length >= 8 && !part.startsWith('-----'));
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const BASE64 = `${LETTERS}${DIGITS}+/`;

/** Made up as it is asked for, so that no text in the repository looks like a credential; the same in each run. */
function characters(count: number, alphabet = LETTERS + DIGITS): string {
  let state = count * 7_919 + alphabet.length;
  let text = '';
  while (text.length < count) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += alphabet[Math.floor((state / 2_147_483_648) * alphabet.length)];
  }
  // Whatever the numbers were: a key has both.
  return `${text.slice(0, -2)}${alphabet.includes('A') ? 'X' : 'a'}7`;
}

function base64Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

/** A token that is a secret in itself. */
function token(name: string, ...parts: readonly string[]): Credential {
  const secret = parts.join('');
  return { name, text: `before ${secret} after`, secret };
}

function within(name: string, secret: string, text: (secret: string) => string): Credential {
  return { name, text: text(secret), secret };
}

const jwt = [
  base64Of(JSON.stringify({ alg: 'HS256', typ: 'JWT' })),
  base64Of(JSON.stringify({ sub: '1234567890', name: 'A' })),
  characters(43),
];
const pem = (kind: string, headers = ''): string =>
  `-----BEGIN ${kind}-----\n${headers}${characters(64, BASE64)}\n${characters(48, BASE64)}==\n-----END ${kind}-----`;

const WALLET = 'abandon ability able about above absent absorb abstract absurd abuse access accident';

/** Credentials of the services that applications with language models talk to, each in the place where it is usually seen. */
export const CREDENTIALS: readonly Credential[] = [
  token('an OpenAI key', 'sk-', characters(48)),
  token('an OpenAI project key', 'sk-', 'proj-', characters(40), '_', characters(40)),
  token('an Anthropic key', 'sk-', 'ant-api03-', characters(93), '-AA'),
  token('an OpenRouter key', 'sk-', 'or-v1-', characters(64, HEX)),
  token('a Langfuse secret key', 'sk-', 'lf-', '3f9c2a41-77aa-4b1e-9d03-', characters(12, HEX)),
  token('a PowerRAG secret key', 'sk-', 'pr-', characters(32)),
  token('a Stripe key', 'sk_', 'live_', characters(24)),
  token('a restricted Stripe key', 'rk_', 'test_', characters(24)),
  token('a Stripe webhook secret', 'whsec', '_', characters(32)),
  token('an AWS access key id', 'AKIA', characters(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')),
  token('a temporary AWS access key id', 'ASIA', characters(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')),
  token('a Google API key', 'AIza', characters(35)),
  token('a Google access token', 'ya29', '.', characters(60)),
  token('a Google client secret', 'GOCSPX', '-', characters(28)),
  token('a GitHub token', 'ghp', '_', characters(36)),
  token('a GitHub app token', 'ghs', '_', characters(36)),
  token('a fine-grained GitHub token', 'github', '_pat_', characters(22), '_', characters(59)),
  token('a GitLab token', 'glpat', '-', characters(20)),
  token('a routable GitLab token', 'glpat', '-', characters(27), '.01.', characters(9)),
  token('a Slack bot token', 'xoxb', '-', characters(12, DIGITS), '-', characters(24)),
  token('a Slack app token', 'xapp', '-1-A0', characters(9), '-', characters(13, DIGITS), '-', characters(64, HEX)),
  token('a Hugging Face token', 'hf', '_', characters(34)),
  token('an npm token', 'npm', '_', characters(36)),
  token('a PyPI token', 'pypi', '-AgEIcHlwaS5vcmc', characters(120)),
  token('a SendGrid key', 'SG', '.', characters(22), '.', characters(43)),
  token('a Twilio key', 'SK', characters(32, HEX)),
  token('a Groq key', 'gsk', '_', characters(52)),
  token('an xAI key', 'xai', '-', characters(80)),
  token('a Replicate token', 'r8', '_', characters(37)),
  token('a Perplexity key', 'pplx', '-', characters(48)),
  token('a Tavily key', 'tvly', '-', characters(32)),
  token('a Pinecone key', 'pcsk', '_', characters(60)),
  token('an NVIDIA key', 'nvapi', '-', characters(64)),
  token('a Vault token', 'hvs', '.', characters(90)),
  token('a JWT', jwt.join('.')),
  token('a JWT without its signature', jwt.slice(0, 2).join('.')),
  token('a private key', pem('PRIVATE KEY')),
  token('an RSA key', pem('RSA PRIVATE KEY')),
  token('an OpenSSH key', pem('OPENSSH PRIVATE KEY')),
  token('an encrypted key', pem('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n')),
  token('a PGP key', pem('PGP PRIVATE KEY BLOCK', 'Version: 1 - test\n\n')),
  within('a private key that was cut', characters(64, BASE64), (key) => `-----BEGIN PRIVATE KEY-----\n${key}`),
  within('a bearer token', characters(40), (key) => `Authorization: Bearer ${key}`),
  within('a bearer token in lower case', characters(40), (key) => `authorization: bearer ${key}`),
  within('basic authentication', base64Of(`admin:${characters(12)}`), (key) => `Authorization: Basic ${key}`),
  within('a header with a token', characters(24), (key) => `Authorization: token ${key}`),
  within('an API key in a header', characters(24), (key) => `X-Api-Key: ${key}`),
  within('a cookie', characters(26), (key) => `Cookie: theme=dark; sid=${key}; lang=en`),
  within('a cookie that is set', characters(26), (key) => `Set-Cookie: sid=${key}; HttpOnly; Path=/`),
  within('a password in a URL', characters(14), (key) => `https://admin:${key}@example.com/path`),
  within('a token as the user of a URL', characters(40), (key) => `https://${key}@example.com/repo.git`),
  within('a PostgreSQL URL', 'p@ss%2Fw0rd', (key) => `postgres://app:${key}@db.example.com:5432/app`),
  within('a MongoDB URL', characters(14), (key) => `mongodb+srv://app:${key}@cluster0.example.net/?retryWrites=true`),
  within('a Redis URL without a user', characters(14), (key) => `redis://:${key}@cache.example.com:6379/0`),
  within('a signed URL', characters(32, HEX), (key) => `https://x.example/file?X-Amz-Signature=${key}&y=1`),
  within('a token in a query', characters(20), (key) => `https://x.example/cb?state=1&access_token=${key}#top`),
  within('a token in a fragment', characters(20), (key) => `https://x.example/cb#access_token=${key}&y=1`),
  within('a form with a secret', characters(20), (key) => `grant=code&client_secret=${key}&scope=all`),
  within('an Azure storage key', `${characters(86, BASE64)}==`, azureConnection),
  within('a service bus key', `${characters(43, BASE64)}=`, (key) => `Endpoint=sb://x/;SharedAccessKey=${key}`),
  within('an ADO connection string', characters(12), (key) => `Server=db;User Id=app;Password=${key};Encrypt=true`),
  within('a short name in a connection string', characters(12), (key) => `Server=db;Uid=app;Pwd=${key}`),
  within('a short name in JSON', characters(12), (key) => JSON.stringify({ db_pwd: key, userPwd: key })),
  within('an AWS secret in a profile', characters(40, BASE64), (key) => `aws_secret_access_key = ${key}`),
  within('an AWS secret in a variable', characters(40, BASE64), (key) => `AWS_SECRET_ACCESS_KEY=${key}`),
  within('an AWS secret in code', characters(40, BASE64), (key) => `{ secretAccessKey: '${key}', region: 'eu' }`),
  within('an AWS session token', characters(200, BASE64), (key) => `aws_session_token=${key}`),
  within('a Twilio token', characters(32, HEX), (key) => `TWILIO_AUTH_TOKEN=${key}`),
  within('a variable with a password', 'correct-horse-battery', (key) => `export DB_PASSWORD="${key}"`),
  within('a password in YAML', 'hunter22', (key) => `user: app\npassword: ${key}\nport: 5432`),
  within('a password in code', 'correct-horse', (key) => `const password = '${key}'`),
  within('a password in JSON', 'open sesame', (key) => JSON.stringify({ user: 'a', password: key, n: 1 })),
  within('a password in JSON in JSON', 'open sesame', (key) =>
    JSON.stringify({ body: JSON.stringify({ body: JSON.stringify({ dbPassword: key }), n: 1 }) }),
  ),
  within('a number as a password', '73914628', (key) => `{"password":${key},"n":1}`),
  within('cookies in JSON', characters(26), (key) => JSON.stringify({ 'set-cookie': ['a=1; Path=/', `sid=${key}`] })),
  within('a password on a command line', characters(12), (key) => `psql --password ${key} --host db`),
  within('a token on a command line', characters(24), (key) => `deploy --auth-token=${key}`),
  within('a token under a name of its own', characters(28), (key) => JSON.stringify({ GITHUB_TOKEN: key, n: 1 })),
  within('a token under no other name', characters(28), (key) => JSON.stringify({ token: key, n: 1 })),
  within('a token of the platform in a header', characters(28), (key) => JSON.stringify({ 'x-vault-token': key })),
  within('a key of a subscription', characters(32, HEX), (key) => `Ocp-Apim-Subscription-Key: ${key}`),
  within('a key of a function', characters(40), (key) => JSON.stringify({ 'x-functions-key': key })),
  within('the password of a mailer', characters(14), (key) => JSON.stringify({ auth: { user: 'ada', pass: key } })),
  within('a short name in a query', characters(12), (key) => `jdbc:x://db/app?user=app&pwd=${key}`),
  within('parsed cookies', characters(26), (key) => JSON.stringify({ cookies: { theme: 'da}rk', sid: key }, n: 1 })),
  within('a jar of cookies', characters(26), (key) => {
    return JSON.stringify({ cookies: [{ name: 'sid', value: key, domain: 'a.example', secure: true }], n: 1 });
  }),
  within('a password in XML', 'hunter22', (key) => `<db><password>${key}</password><port>5432</port></db>`),
  within('a password given to curl', characters(14), (key) => `curl -u ada:${key} https://api.example.com`),
  within(
    'a refused key',
    characters(32),
    (key) => `401 Incorrect API key provided: ${key}. Find yours in the console.`,
  ),
  within('a refused key in quotes', characters(32), (key) => `The API key "${key}" is not valid`),
  within('a refused token in quotes', characters(16), (key) => `Invalid token "${key}"`),
  within('a refused token', characters(24), (key) => `Error: invalid access token ${key} for ada`),
  within('a token that a message names', characters(24), (key) => `Your token is ${key}.`),
  within('a short key in a sentence', characters(12), (key) => `My API key is ${key}`),
  within('a password in a sentence', 'hunter22', (key) => `The password is ${key}, and the user is ada.`),
  within('a password in a question', 'correct horse 7', (key) => `My password for the shop was "${key}". Why?`),
  within('a password that is changed', 'Tr0ub4dor&3', (key) => `Your password has been reset to: ${key}`),
  within('a password to log in with', 'hunter22', (key) => `Log in as ada with password ${key} and go on`),
  within('a password of digits', '73914628', (key) => `ok, the password is ${key}`),
  within('a short password in YAML', 'hunter2', (key) => `user: app\npassword: ${key}\nport: 5432`),
  within('a code that is sent', '73914628', (key) => `Your verification code is ${key}. Tell nobody.`),
  within('a code under its short name', '73914628', (key) => `OTP: ${key}`),
  within('a code in JSON', '73914628', (key) => JSON.stringify({ otp: key, mfaCode: key, n: 1 })),
  within('a code as a number', '73914628', (key) => `{"otp":${key},"n":1}`),
  within('a code in a query', '73914628', (key) => `https://x.example/login?otp=${key}&y=1`),
  within('digest authentication', characters(32, HEX), (key) => {
    return `Authorization: Digest username="ada", realm="a@b", uri="/dir", qop=auth, response="${key}", opaque="1"`;
  }),
  within('a signature of AWS', characters(64, HEX), (key) => {
    return `Authorization: AWS4-HMAC-SHA256 Credential=X/20150830/us-east-1/iam/aws4_request, Signature=${key}`;
  }),
  within(
    'a signature of OAuth 1',
    `${characters(27, BASE64)}=`,
    (key) => `OAuth oauth_nonce="1",oauth_signature="${key}"`,
  ),
  within('a token in a message', characters(28), (key) => `Refused, token: ${key} (expired)`),
  within('a Slack webhook', characters(24), (key) => `https://hooks.slack.com/services/T0000/B0000/${key}`),
  within('a password shouted', 'HUNTER22', (key) => `THE PASSWORD FOR THE SHOP IS ${key}!`),
  within('a password after the name of its user', 'hunter22', (key) => `My login is ada, password ${key}: it fails`),
  within('a password in SQL', 'open-sesame', (key) => `CREATE USER app WITH PASSWORD '${key}'`),
  within('a password in SQL of another kind', 'open-sesame', (key) => `CREATE USER 'app' IDENTIFIED BY '${key}';`),
  within('a short name in a sentence', 'hunter22', (key) => `user: ada, pw: ${key}, what now?`),
  within('a passphrase in code', 'four words or so', (key) => `crypto.sign(data, { passphrase: "${key}" })`),
  within('a passphrase', 'correct horse battery staple', (key) => `Passphrase: ${key}`),
  within('a passphrase in a sentence', 'four words or so', (key) => `My passphrase is "${key}".`),
  within('the words of a wallet', WALLET, (key) => `My seed phrase is ${key}. Is my wallet safe?`),
  within('the words of a wallet under their name', WALLET, (key) => `Recovery phrase: ${key}`),
  within('a name with a space', characters(14), (key) => `Access Key: ${key}`),
  within('a name with a space in a variable', characters(14), (key) => `api Key=${key}`),
  within('a name in odd case', characters(14), (key) => `aPi kEy: ${key}`),
  within('a name in odd case in a sentence', characters(14), (key) => `aPi kEy ${key}`),
  within('a name with a space in JSON', 'open sesame', (key) =>
    JSON.stringify({ 'Client Secret': key, 'aPi kEy': key }),
  ),
  within('an attribute of OpenTelemetry', 'open sesame', (key) => {
    return JSON.stringify({ attributes: [{ key: 'db.password', value: { stringValue: key } }] });
  }),
  within('an attribute of OpenTelemetry, its value first', 'open sesame', (key) => {
    return JSON.stringify([{ value: { string_value: key }, key: 'password' }]);
  }),
  within('a list in OpenTelemetry', characters(26), (key) => {
    const values = [{ stringValue: 'theme=dark' }, { stringValue: `sid=${key}` }];
    return JSON.stringify({ key: 'http.request.header.cookie', value: { arrayValue: { values } } });
  }),
  within('an item of a database', 'open sesame', (key) => JSON.stringify({ name: { S: 'Ada' }, password: { S: key } })),
  within('a list of a database', characters(26), (key) =>
    JSON.stringify({ cookie: { L: [{ S: 'a=1' }, { S: key }] } }),
  ),
  within('a token shouted', characters(24), (key) => `YOUR TOKEN IS ${key}`),
  ...inCode('correct-horse', IN_CODE),
  ...inCode('hunter22', IN_CODE),
  ...inCode(characters(12), RANDOM_IN_CODE),
  ...inCode('correct horse battery', WORDS_IN_CODE),
];

function inCode(secret: string, lines: readonly ((secret: string) => string)[]): Credential[] {
  return lines.map((line) => ({ name: `in code, ${line('…')}`, text: line(secret), secret }));
}

function azureConnection(key: string): string {
  return `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${key};EndpointSuffix=core.windows.net`;
}

/** Text that has nothing to hide, and that somebody would miss. */
export const HARMLESS: readonly string[] = [
  'The bearer of these responsibilities met the key token of the secret garden, and the password was forgotten.',
  'A task-based, risk-averse desk-organisation-tips-and-tricks page; see also .sk-fading-circle-container-large.',
  'Basic internationalization, basic understanding, Bearer authentication-and-authorization.',
  'Password: at least eight characters. Secret: none. Authorization: required. Cookie: a small sweet thing.',
  'The primary key: orders.id; the API key: ask your administrator; max_tokens: 4096; token: "hello".',
  '{"type":"object","properties":{"password":{"type":"string"},"apiKey":{"type":"string"}}}',
  '{"usage":{"prompt_tokens":1204,"total_tokens":1300},"logprobs":[{"token":"Paris","logprob":-0.02}]}',
  '{"input_type":"password","name":"session_token","next_page_token":null,"authorized":true}',
  '{"token":"Paris","next_page_token":"CAUQAA1b2c3d4e5f6a7b8c9d0","pass":true,"credentials":"same-origin"}',
  '{"cookies":"none","cookie_count":3,"results":[{"test":"login","pass":"yes"}],"tokens":["a1","b2"]}',
  '{"label":"Password","hint":"Eight characters","id":"password","order":1}',
  'docker run -u 1000:1000 app; ls -u a:b; an API key is a text of 32 characters; <password></password> <key>a</key>',
  'const apiKey = process.env.OPENAI_API_KEY; const secret = readSecret(name); client({ password: form.password2 });',
  'export OPENAI_API_KEY=$OPENAI_API_KEY DB_PASSWORD=\u0024{DB_PASSWORD} API_KEY=<your-key> TOKEN={{ token }}',
  'def connect(host: str, password: str, api_key: Optional[str] = None) -> Connection:',
  'fetch(url, { credentials: "include", headers: { Authorization: `Bearer \u0024{token}` } })',
  'npm_config_registry, npm_package_dependencies_react, hf_hub_download, r8_buffer, sk_test, gsk_window_new',
  'curl --header "Accept: text/html" --key-file ./server.key --password-stdin -o out.html',
  'https://example.com/a?page=2&sort=key&lang=en#token and http://localhost:3000?user=bob@example.com',
  'https://user@example.com/x, mailto:someone@example.com, git@github.com:owner/repository.git, ssh://git@host/r.git',
  '[a link](https://docs.example.com/guides/api-keys#session-tokens) and ![an image](https://example.com/i.png?w=200)',
  '3f9c2a41-77aa-4b1e-9d03-5a6b7c8d9e0f, 550e8400-e29b-41d4-a716-446655440000',
  'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, commit 0d5a8d0e9c1b2a3f4e5d6c7b8a9f0e1d2c3b4a59',
  `data:image/png;base64,${characters(4_000, BASE64)}`,
  `sha512-${characters(86, BASE64)}==`,
  'eyJust a word, eyJ, an AKIA prefix, AIzawa, SKU-12345, SK-II, xoxo-hugs-and-kisses, ghp_, glpat-, SG.1.2',
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'pk-lf-1234567890abcdef is a public key, and arn:aws:iam::123456789012:role/reader is a role.',
  '# Heading\n\n- item: one\n- item: two\n\n| key | value |\n| --- | --- |\n| a | b |\n\n```js\nconst token = next();\n```\n',
  '{"PWD":"/home/ada/project","OLDPWD":"/home/ada","PATH":"/usr/bin"} PWD=/home/ada/project OLDPWD: /home/ada/4',
  'open(`wss://\u0024{user}:\u0024{password}@\u0024{host}?token=\u0024{token}`, "x"); redis://<user>:<password>@host',
  'The password is required. Your password is too weak: a password is 8 characters or more, at least 12345 times.',
  'Password is base64-encoded, was 90-day-old; the passphrase is "required", and the password for ada is invalid.',
  'The password was changed to a stronger one; with password authentication; the passcode is 6 digits.',
  'Unexpected token "abc12345" in JSON, Invalid token "while", token \'<\', the token is valid for 3600 seconds.',
  'The status code is 20000, error code: 40001, a response="ok" and mac=00:1b:63:84:45:e6, laptop: 123456.',
  '{"role":"tool","name":"reset_password","content":"An e-mail is on its way to Ada, no. 7."}',
  '{"key":"token","value":"Paris"},{"name":"max_token","text":"see 12 things"},{"response_code":20012,"bar_code":"4006381"}',
  'password sha256 hash, password OAuth2 flow, password field2, password step-3, password 8-character rule, password v2.1.',
  'The PASSWORD IS REQUIRED. Passphrase: at least four words long. The passphrase: used when importing keys into a wallet.',
  'Passphrase is never sent over networks; my seed phrase is written on paper, in a safe place at home, and nowhere else.',
  'password: \'Please enter your password\', passphrase: "Choose one", password https://docs.example.com/reset2, pwd: /home/ada1',
  '{"faq":["What is it","API key","It is 42 years old"],"schema":{"password":{"type":"string","minLength":8}}}',
  '{"tool":{"input":{"value":"Paris"},"name":"reset_password"},"mnemonic":"MOV","primary key":"id","country code":"49"}',
  'lookupCookie: "language", cookieName = "theme", import secret from "./secret.js"',
  '12:30:05.123 INFO server listening on 127.0.0.1:4318 (pid 4242)',
  ...HARMLESS_CODE,
  'Ünïcödé: 日本語のテキスト、пароль: нет, 🔑 emoji',
];
