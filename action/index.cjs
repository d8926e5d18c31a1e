// Made from action/*.ts by: npm run action
"use strict";

// action/inputs.ts
function inputsOf(env) {
  const input = (name, standard = "") => (env[`INPUT_${name.toUpperCase()}`] ?? "").trim() || standard;
  const words = (text, at) => text.split(at).map((word) => word.trim()).filter(Boolean);
  const of = (name, standard = "") => env[name] ?? standard;
  const repository = of("GITHUB_REPOSITORY");
  return {
    command: input("command", "plan"),
    args: words(input("args"), /\n/),
    folder: input("working-directory", "."),
    schemactl: words(input("schemactl", "npx --no-install schemactl"), / +/),
    comment: input("comment", "true") === "true",
    issue: input("issue", "false") === "true",
    key: input("key"),
    token: input("token"),
    api: of("GITHUB_API_URL", "https://api.github.com"),
    repository,
    eventPath: of("GITHUB_EVENT_PATH"),
    outputPath: of("GITHUB_OUTPUT"),
    summaryPath: of("GITHUB_STEP_SUMMARY"),
    temporary: of("RUNNER_TEMP", "."),
    runUrl: `${of("GITHUB_SERVER_URL", "https://github.com")}/${repository}/actions/runs/${of("GITHUB_RUN_ID")}`
  };
}

// action/run.ts
var import_node_child_process = require("node:child_process");
var import_node_crypto = require("node:crypto");
var import_promises = require("node:fs/promises");
var import_node_path = require("node:path");

// action/forge.ts
async function call({ api, repository, token }, method, path, body) {
  const response = await fetch(`${api}/repos/${repository}/${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "user-agent": "schemactl-action"
    },
    ...body === void 0 ? {} : { body: JSON.stringify(body) },
    signal: AbortSignal.timeout(3e4)
  });
  if (!response.ok) throw new Error(`the forge answered ${response.status}`);
  return await response.json();
}
var most = 100;
async function marked(inputs, path, mark) {
  for (let page = 1; ; page++) {
    const entries = await call(inputs, "GET", `${path}per_page=${most}&page=${page}`);
    const found = entries.find(({ body }) => body?.startsWith(mark) === true);
    if (found !== void 0 || entries.length < most) return found ?? null;
  }
}
async function keepComment(inputs, pull, mark, text, isNews) {
  const found = await marked(inputs, `issues/${pull}/comments?`, mark);
  const body = { body: `${mark}
${text}` };
  if (found !== null) await call(inputs, "PATCH", `issues/comments/${found.id}`, body);
  else if (isNews) await call(inputs, "POST", `issues/${pull}/comments`, body);
}
async function keepIssue(inputs, title, mark, text, verdict) {
  if (verdict === "unknown") return;
  const found = await marked(inputs, "issues?state=open&", mark);
  const body = `${mark}
${text}`;
  if (found === null) {
    if (verdict === "found") await call(inputs, "POST", "issues", { title, body });
    return;
  }
  const path = `issues/${found.number ?? found.id}`;
  if (verdict === "found") {
    if (found.body !== body) await call(inputs, "PATCH", path, { title, body });
    return;
  }
  await call(inputs, "POST", `${path}/comments`, { body: text });
  await call(inputs, "PATCH", path, { state: "closed", state_reason: "completed" });
}

// action/run.ts
var textOf = (path) => (0, import_promises.readFile)(path, "utf8").catch(() => "");
var isFinding = (command, exitCode) => command === "plan" ? exitCode > 2 : exitCode !== 0;
function argumentsOf({ command, args }, { markdown, json, annotations, html, plan }) {
  const reports = ["--report", `markdown=${markdown}`, "--report", `github=${annotations}`];
  const planning = ["--detailed-exitcode", "--out", plan, "--report", `html=${html}`];
  return [command, ...args, ...reports, ...command === "plan" ? planning : ["--report", `json=${json}`]];
}
function schemactl({ schemactl: [program = "", ...before], folder }, args) {
  return new Promise((done) => {
    const child = (0, import_node_child_process.spawn)(program, [...before, ...args], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => done(127));
    child.on("close", (code) => done(code ?? 130));
  });
}
var output = (name, value) => {
  const end = `ghadelimiter_${(0, import_node_crypto.randomUUID)()}`;
  return `${name}<<${end}
${value}
${end}
`;
};
var looksForNews = (args) => args.some((word) => /^--(changed-only|baseline)(=|$)/.test(word));
async function verdictOf({ command, args }, exitCode, { json }) {
  if (isFinding(command, exitCode)) return "found";
  const text = await textOf(json);
  const { inProgress = null } = text === "" ? {} : JSON.parse(text);
  return inProgress !== null || looksForNews(args) ? "unknown" : "sound";
}
var fromTheTop = (annotations, folder) => annotations.replaceAll(
  /^(::\w+ file=)([^,:]+)/gm,
  (_, before, file) => before + import_node_path.posix.join(folder.replaceAll("\\", "/"), file)
);
async function planAt(path) {
  const text = await textOf(path);
  return text === "" ? null : JSON.parse(text);
}
async function writeOutputs({ outputPath }, paths, plan, exitCode) {
  if (outputPath === "") return;
  const values = {
    changes: String(plan?.steps.length ?? 0),
    drops: String(plan?.summary.delete ?? 0),
    blocked: String(exitCode === 20 || exitCode === 22),
    "exit-code": String(exitCode),
    "plan-file": plan === null ? "" : paths.plan,
    "html-file": plan === null ? "" : paths.html
  };
  await (0, import_promises.appendFile)(
    outputPath,
    Object.entries(values).map(([name, value]) => output(name, value)).join("")
  );
}
async function pullRequestIn({ eventPath }) {
  const text = await textOf(eventPath);
  const event = text === "" ? {} : JSON.parse(text);
  return event.pull_request?.number ?? null;
}
async function tell(inputs, text, isNews, verdict) {
  const { command, comment, issue, key, token, runUrl } = inputs;
  const mark = `<!-- schemactl ${command} ${key.replaceAll(/[^\w.-]/g, "_")} -->`;
  const whole = `${text}
<sub>[This run](${runUrl}) has the whole report.</sub>
`;
  const pull = await pullRequestIn(inputs);
  if (token === "") return;
  try {
    if (comment && pull !== null) await keepComment(inputs, pull, mark, whole, isNews);
    if (issue) await keepIssue(inputs, `schemactl ${command}${key === "" ? "" : ` (${key})`}`, mark, text, verdict);
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    console.log(`::notice::schemactl could not comment (${why}); the job summary has the report.`);
  }
}
async function run(inputs) {
  const at = (name) => (0, import_node_path.resolve)((0, import_node_path.join)(inputs.temporary, name));
  const id = (0, import_node_crypto.randomUUID)();
  const paths = {
    markdown: at(`schemactl-${id}.md`),
    json: at(`schemactl-${id}.json`),
    annotations: at(`schemactl-${id}.txt`),
    html: at(`schemactl-plan-${id}.html`),
    plan: at(`schemactl-plan-${id}.json`)
  };
  const exitCode = await schemactl(inputs, argumentsOf(inputs, paths));
  const plan = await planAt(paths.plan);
  const missing = `### schemactl ${inputs.command} could not be run (exit ${exitCode})
`;
  const markdown = await textOf(paths.markdown) || missing;
  console.log(fromTheTop(await textOf(paths.annotations), inputs.folder));
  await writeOutputs(inputs, paths, plan, exitCode);
  if (inputs.summaryPath !== "") await (0, import_promises.appendFile)(inputs.summaryPath, `${markdown}
`);
  const verdict = await verdictOf(inputs, exitCode, paths);
  await tell(inputs, markdown, verdict === "found" || plan?.noop === false, verdict);
  return verdict === "found" ? exitCode : 0;
}

// action/main.ts
run(inputsOf(process.env)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.log(`::error::schemactl action: ${error instanceof Error ? error.message : "unknown"}`);
    process.exitCode = 1;
  }
);
