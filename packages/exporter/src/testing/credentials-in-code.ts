/** How a secret of two words and a hyphen is written in code and in files of settings. */
export const IN_CODE: readonly ((secret: string) => string)[] = [
  // Types
  (secret) => `const password: string = "${secret}";`,
  (secret) => `class A { private readonly password: string | undefined = '${secret}'; }`,
  (secret) => `let apiKey: Array<Record<string, string>> = "${secret}"`,
  (secret) => `const password: string =\n  \`${secret}\`;`,
  (secret) => `let password:string="${secret}"`,
  (secret) => `password?: string = "${secret}"`,
  (secret) => `let pw: String = "${secret}"`,
  (secret) => `def connect(user: str, password: Optional[str] = "${secret}"):`,
  (secret) => `password: str | None = r"${secret}"`,
  (secret) => `api_key: SecretStr = SecretStr("${secret}")`,
  (secret) => `const PASSWORD: &'static str = "${secret}";`,
  (secret) => `let password: Option<String> = Some(String::from("${secret}"));`,
  (secret) => `val password: String? = "${secret}"`,
  (secret) => `private static final String DB_PASSWORD = "${secret}";`,
  (secret) => `var dbPassword string = "${secret}"`,
  (secret) => `static char password[] = "${secret}";`,
  (secret) => `const char *password = "${secret}";`,
  (secret) => `NSString *password = @"${secret}";`,
  (secret) => `DECLARE @password NVARCHAR(50) = '${secret}';`,
  // Operators
  (secret) => `password := "${secret}"`,
  (secret) => `$password = '${secret}';`,
  (secret) => `$db_pass = '${secret}';`,
  (secret) => `['host' => 'db', 'password' => '${secret}']`,
  (secret) => `{ "password"=>"${secret}" }`,
  (secret) => `password          => '${secret}'`,
  (secret) => `host           = "db"\npassword       = "${secret}"`,
  (secret) => `os.environ["DB_PASSWORD"] = "${secret}"`,
  (secret) => `config['password']='${secret}'`,
  (secret) => `password ||= "${secret}"`,
  (secret) => `if (password === "${secret}") return true;`,
  (secret) => `password = """${secret}"""`,
  (secret) => `String password = new String("${secret}");`,
  (secret) => `connect({\n  password:\n    '${secret}',\n})`,
  (secret) => `password =\n      "${secret}"`,
  (secret) => `define('DB_PASSWORD', '${secret}');`,
  (secret) => `os.getenv("DB_PASSWORD", "${secret}")`,
  // Files of settings
  (secret) => `[db]\nuser=app\npassword=${secret}\n`,
  (secret) => `db.user = app\ndb.password = ${secret} ; of the test`,
  (secret) => `user: app\npassword: ${secret} # of the test\nport: 1`,
  (secret) => `export db_password=${secret}\n`,
  (secret) => `user: app\npassword: !!str ${secret}\n`,
  (secret) => JSON.stringify([`password: !!str ${secret}\n`, 'password:']),
  (secret) => `password: >-\n  ${secret}\nport: 1`,
  (secret) => `stringData:\n  password: |\n    ${secret}\n    ${secret}\n  port: 1`,
  (secret) => `env:\n  - name: DB_PASSWORD\n    value: ${secret}\n`,
  (secret) => `variable "db_password" {\n  type    = string\n  default = "${secret}"\n}`,
  (secret) => `<add key="password" value="${secret}"/>`,
  (secret) => `<property name="db.password">${secret}</property>`,
];

/** The same for a secret that has letters and digits, by names that may as well be those of words. */
export const RANDOM_IN_CODE: readonly ((secret: string) => string)[] = [
  (secret) => `const token: string = "${secret}"`,
  (secret) => `String token = "${secret}";`,
  (secret) => `pass = '${secret}'`,
];

/** The same for a secret of several words. */
export const WORDS_IN_CODE: readonly ((secret: string) => string)[] = [
  (secret) => `const passphrase: string = "${secret}";`,
  (secret) => `passphrase := "${secret}"`,
];

/** Code and settings that name a secret without giving it away. */
export const HARMLESS_CODE: readonly string[] = [
  'interface A { password: string; apiKey?: string; email: string }',
  'const password: string = getPassword("ada-lovelace"); let pw: String = String::new();',
  'function f(password: string, name: string = "Ada-Lovelace") {}',
  'data class User(val password: String, val name: String = "Ada-Lovelace")',
  'class A { password: string; name = "Ada-Lovelace" }',
  'if (typeof password === "string" && password !== confirmPassword && password == other_password) {}',
  'password="",user="ada-lovelace"; const { password = "", email = "ada@example.com" } = form',
  'password:\n  "required": true,\n  "minLength": 8',
  'password: string\nname: "Ada-Lovelace"\npassword: user_password\npassword: case-sensitive\n',
  'password = user_password\nself.password = password\npassword = var.db_password\n',
  'password := os.Getenv("DB_PASSWORD"); password := flag.String("password", "", "of the database")',
  '$password = $_POST["password"]; ["password" => "required|string|min:8"]; $casts = ["password" => "hashed"];',
  'password => bcrypt($request->password)',
  'password: str = Field("…"); api_key: str = os.environ["OPENAI_API_KEY"]; key: str = "id"',
  'const token: string = await getToken("abc12345"); const nextPageToken: string = "CAUQAA1b2c3d4e5f";',
  '<label for="password">Password</label><input id="password" type="password" placeholder="At-least-8">',
  '<string name="enter_password">Kennwort</string><a href="https://a.example/x" class="hunter22-button">',
  'pwd := "/home/ada/projects"; $pwd = "C:\\Users\\ada"; bypass = "abc12345"; compass: string = "abc12345"',
  'const keyword: string = "correct-horse"; primary_key: str = "order-number"; type: string = "password"',
  'password: $\u007b{ secrets.DB_PASSWORD }}\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-secret',
  'variable "password" { type = string }\nvariable "region" {\n  default = "eu-central-1"\n}',
  't("password", "Password"); log.set("level", "information"); define("NAME", "Ada-Lovelace")',
];
