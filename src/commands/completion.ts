import { exitCodes, type ExitCode } from '../errors.ts';
import { explained } from '../report/explain/codes.ts';
import { jsonSchemas } from '../report/schemas/shapes.ts';
import type { Io } from './io.ts';
import { oneOf } from './options.ts';
import { commandName } from './pages.ts';
import { optionsOf, type Spec } from './spec.ts';
import { offeredBy, shells, type Values } from './values.ts';

interface Flag {
  readonly name: string;
  readonly about: string;
  /** Null: it takes no value, or one that no shell knows. */
  readonly values: Values | null;
  readonly takesValue: boolean;
}

interface Completed {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly Flag[];
  readonly argument: Values | null;
}

/** Arguments that are words of a list too long to load with the commands. */
const known: Readonly<Record<string, Values>> = {
  explain: explained.map(({ code }) => code),
  schema: Object.keys(jsonSchemas),
};

/** `--report` takes what `--format` of the same command does, and a file. */
function completed(spec: Spec): Completed {
  const options = optionsOf(spec);
  const formats = options.flatMap((option) => (option.long === '--format' ? (offeredBy(option) ?? []) : []));
  const flags = options.map((option) => ({
    name: option.long ?? option.flags,
    about: option.description,
    values: option.long === '--report' ? formats.map((format) => `${format}=`) : offeredBy(option),
    takesValue: option.required,
  }));
  const help = { name: '--help', about: 'what it does and takes', values: null, takesValue: false };
  return {
    name: commandName(spec),
    about: spec.about,
    flags: [...flags, help],
    argument: spec.takes ?? known[commandName(spec)] ?? null,
  };
}

const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bash(commands: readonly Completed[]): string {
  const give = (values: Values): string =>
    values === 'files'
      ? `compopt -o filenames 2>/dev/null; IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$cur"))`
      : `COMPREPLY=($(compgen -W ${single(values.join(' '))} -- "$cur"))`;
  const behind = commands.flatMap(({ name, flags }) =>
    flags.flatMap(({ name: flag, values, takesValue }) => {
      if (!takesValue) return [];
      const open = flag === '--report' ? 'compopt -o nospace 2>/dev/null; ' : '';
      return [`    ${single(`${name} ${flag}`)}) ${values === null ? ':' : open + give(values)}; return ;;`];
    }),
  );
  const flags = commands.map(
    ({ name, flags: own }) => `      ${single(name)}) ${give(own.map((flag) => flag.name))} ;;`,
  );
  const places = commands.flatMap(({ name, argument }) =>
    argument === null ? [] : [`    ${single(name)}) ${give(argument)} ;;`],
  );
  return `# schemactl, for bash: source <(schemactl completion bash)
_schemactl() {
  local cur prev word command="" IFS=$' \\t\\n'
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) command="$word"; break ;; esac
  done
  if [ -z "$command" ]; then
    ${give([...commands.map(({ name }) => name), '--help', '--version'])}
    return
  fi
  case "$command $prev" in
${behind.join('\n')}
  esac
  case "$cur" in
    -*) case "$command" in
${flags.join('\n')}
    esac
    return ;;
  esac
  case "$command" in
${places.join('\n')}
  esac
}
complete -F _schemactl schemactl
`;
}

/** In a specification of _arguments brackets and colons have a meaning. */
const zshText = (text: string): string => text.replaceAll(/[[\]:\\]/g, '\\$&');

function zsh(commands: readonly Completed[]): string {
  const action = (values: Values | null): string =>
    values === null ? ' ' : values === 'files' ? '_files' : `(${values.join(' ')})`;
  const specOf = ({ name, about, values, takesValue }: Flag): string =>
    single(`*${name}[${zshText(about)}]${takesValue ? `:value:${action(values)}` : ''}`);
  const cases = commands.map(({ name, flags, argument }) => {
    const place = argument === null ? [] : [single(`1:argument:${action(argument)}`)];
    return `    ${name}) _arguments ${[...flags.map(specOf), ...place].join(' \\\n      ')} ;;`;
  });
  const names = commands.map(({ name, about }) => `    ${single(`${name}:${zshText(about)}`)}`);
  return `#compdef schemactl
# schemactl, for zsh: source <(schemactl completion zsh), or a file _schemactl in $fpath
_schemactl() {
  local -a commands
  commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT -= 1 ))
  case $command in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _schemactl ]; then _schemactl "$@"; else compdef _schemactl schemactl; fi
`;
}

const fishText = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, about, flags, argument }) => {
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    const behind = (values: Values | null): string =>
      values === null ? ' -x' : values === 'files' ? ' -r -F' : ` -x -a ${fishText(values.join(' '))}`;
    return [
      `complete -c schemactl -n __fish_use_subcommand -a ${name} -d ${fishText(about)}`,
      ...flags.map(
        (flag) =>
          `complete -c schemactl ${within} -l ${flag.name.slice(2)}${flag.takesValue ? behind(flag.values) : ''} -d ${fishText(flag.about)}`,
      ),
      ...(argument === null
        ? []
        : [`complete -c schemactl ${within} ${argument === 'files' ? '-F' : `-a ${fishText(argument.join(' '))}`}`]),
    ];
  });
  return `# schemactl, for fish: schemactl completion fish > ~/.config/fish/completions/schemactl.fish
complete -c schemactl -f
${lines.join('\n')}
`;
}

const scripts = { bash, zsh, fish } as const;

/** Prints what lets a shell complete the commands, their flags and the values of those. */
export function completion(shell: string, specs: readonly Spec[], io: Io): ExitCode {
  io.out(scripts[oneOf('completion', shell, shells)](specs.map(completed)));
  return exitCodes.done;
}
