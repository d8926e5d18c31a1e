import { readFile } from 'node:fs/promises';
import { applyFile, loadLibrary, planFile } from '../data/apply.ts';
import { openBare, readBare } from '../data/bare.ts';
import { openDatabase } from '../data/connection.ts';
import { collectionsScene, schemaFileOf } from '../data/database.ts';
import { loadJsYaml } from '../data/js-yaml.ts';
import { openStatus } from '../data/migrate-mongo.ts';
import { openModels } from '../data/mongoose.ts';
import type { Lab } from '../lab.ts';
import type { Bout, Case, Contender, Row, Scene } from '../row.ts';
import { collectionCases } from './introspect.ts';

/** Applied before: what is declared is there already, so it is adopted. */
async function adopted(wanted: Case, lab: Lab): Promise<Scene> {
  const scene = await collectionsScene(wanted, lab);
  await lab.once(`adopted ${wanted.size}`, async () => {
    const db = await openDatabase(scene);
    await applyFile(db, schemaFileOf(scene), await loadLibrary()).finally(() => db.close());
  });
  return scene;
}

async function ours(scene: Scene): Promise<Bout> {
  const library = await loadLibrary();
  const db = await openDatabase(scene);
  const file = schemaFileOf(scene);
  const source = { from: file, holds: '' };
  return {
    async round() {
      const { noop, ownership, ...rest } = await planFile(db, file, library);
      if (!noop || ownership.adopt.length > 0) throw new Error('there was something to do');
      return library.planText({ noop, ownership, ...rest }, source, library.plainTheme);
    },
    end: () => db.close(),
  };
}

const floor = (concurrency: number): Contender => ({
  name: `bare driver, ${concurrency}, and js-yaml`,
  role: 'floor',
  async open(scene) {
    const [{ db, end }, { load }] = [await openBare(scene), await loadJsYaml()];
    return {
      round: async () => [load(await readFile(schemaFileOf(scene), 'utf8')), await readBare(db, concurrency)],
      end,
    };
  },
});
const floors = [16, 32].map(floor);

async function peers(scene: Scene): Promise<Bout> {
  const [models, status] = [await openModels(scene), await openStatus(scene)];
  return {
    round: async () => [await status.read(), await models.diff()],
    end: async () => {
      await models.end();
      await status.end();
    },
  };
}

export const plan: Row = {
  name: 'plan',
  title: 'plan end to end, nothing to change',
  cases: collectionCases,
  prepare: adopted,
  contenders: [
    { name: 'plan', role: 'ours', open: ours },
    ...floors,
    { name: 'migrate-mongo and mongoose', role: 'peer', open: peers },
  ],
  goals: [{ ours: 'plan', against: floors.map(({ name }) => name), atMost: 1.5 }],
  growth: [{ ours: 'plan', what: 'time', atMost: 12 }],
};
