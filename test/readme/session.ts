import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Typed {
  readonly code: number;
  readonly printed: string;
}

/** A shell in which one types and reads; folder, variables and aliases stay from one command to the next. */
export interface Session {
  readonly type: (command: string) => Promise<Typed>;
  readonly close: () => Promise<void>;
}

const mark = '\u001e';

/** Opens a shell, `sh`, that is no terminal. What a command prints and complains is one text, as on a screen. */
export function openSession(cwd: string, env: Readonly<Record<string, string>>): Session {
  const shell = spawn('sh', [], { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  let heard = (): void => undefined;
  shell.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    heard();
  });
  shell.stdin.write('exec 2>&1\n');
  const answer = async (): Promise<RegExpExecArray> => {
    for (;;) {
      const found = new RegExp(`^([\\s\\S]*)${mark}(\\d+)${mark}`).exec(text);
      if (found !== null) return found;
      if (shell.exitCode !== null) throw new Error(`the shell ended: ${text}`);
      await new Promise<void>((resolve) => (heard = resolve));
    }
  };
  return {
    type: async (command) => {
      text = '';
      shell.stdin.write(`${command}\nprintf '${mark}%s${mark}' "$?"\n`);
      const [, printed = '', code] = await answer();
      return { code: Number(code), printed: printed.replace(/\n$/, '') };
    },
    close: async () => {
      shell.stdin.end();
      if (shell.exitCode === null) await once(shell, 'exit');
    },
  };
}
